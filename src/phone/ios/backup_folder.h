// The folder into which an iPhone backs itself up, and from which it restores: what the phone may
// ask of it. DeviceLink calls it; a repository (or, in tests, memory) stands behind it.
//
// Paths are relative to the folder and never leave it; the first part is the phone's UDID, except
// in what the phone reads of other backups. One thread calls. Every function may throw an Error:
// the phone is then told that it failed, and the error comes out of the session when the phone
// gives up, so that a full disk is reported as a full disk.
#pragma once

#include "item/item.h"
#include "phone/ios/device_link_wire.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace lifeboat::phone::ios {

class BackupFolder {
public:
    virtual ~BackupFolder() = default;

    struct Readable {
        uint64_t size = 0;
        std::unique_ptr<ByteSource> content{};
    };
    // The phone reads a file; nothing when it is not there.
    virtual std::optional<Readable> open(const ItemPath& path) = 0;

    // The phone sends a file. `content` ends in 0 only when the file is whole; when the phone could
    // not read it, or went away, `content` throws, and the path must stay as it was before.
    // Replaces what is there.
    virtual void store(const ItemPath& path, ByteSource& content) = 0;
    // The phone names a file of its own that it could not read: the backup will not have it.
    virtual void unreadable(const std::string& on_phone, const std::string& reason) {
        static_cast<void>(on_phone);
        static_cast<void>(reason);
    }
    // All files of one transfer were stored: returns when they are durable, since the phone
    // remembers from here on that they are here.
    virtual void stored_all() = 0;

    // What is in a folder, complete: of a name left out the phone believes that the file is lost,
    // and sends everything again. Nothing when there is no such folder.
    virtual std::optional<std::vector<DlEntry>> list(const ItemPath& path) = 0;

    // Parents are made as well. False when it is there already.
    virtual bool make_folder(const ItemPath& path) = 0;
    // Replaces what is at `to`. False when nothing is at `from`.
    virtual bool move(const ItemPath& from, const ItemPath& to) = 0;
    // With everything below. False when nothing is there.
    virtual bool remove(const ItemPath& path) = 0;
    // With everything below. False when nothing is at `from`.
    virtual bool copy(const ItemPath& from, const ItemPath& to) = 0;

    // What the phone may fill.
    virtual uint64_t free_bytes() = 0;
    // What is free beside that, and kept for what is written beside the phone's files; 0: nothing,
    // or nobody knows what is free.
    virtual uint64_t kept_back() { return 0; }
    // Makes room; how many bytes that gave. Nothing: it cannot.
    virtual std::optional<uint64_t> purge(uint64_t bytes, int64_t urgency) = 0;

    // Of the whole job, 0 to 100, as the phone sees it.
    virtual void progress(double percent) { static_cast<void>(percent); }
};

}  // namespace lifeboat::phone::ios
