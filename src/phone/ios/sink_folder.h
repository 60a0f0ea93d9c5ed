// The folder an iPhone backs itself up into, over a sink: no byte of it lies on this computer's
// disk outside of the sink. What the last backup holds is there when the phone looks first.
#pragma once

#include "base/event.h"
#include "item/item.h"
#include "phone/ios/backup_folder.h"
#include "sys/clock.h"

namespace lifeboat::phone::ios {

class SinkFolder final : public BackupFolder {
public:
    // All outlive it. Takes over what the sink has of the previous backup: nothing may have been
    // put before.
    SinkFolder(ItemSink& sink, sys::Clock& clock, EventSink& events);

    std::optional<Readable> open(const ItemPath& path) override;
    void store(const ItemPath& path, ByteSource& content) override;
    // Under the phone's own name for it: the one in the backup says nothing to a person.
    void unreadable(const std::string& on_phone, const std::string& reason) override;
    void stored_all() override { sink_.settle(); }
    std::optional<std::vector<DlEntry>> list(const ItemPath& path) override;
    bool make_folder(const ItemPath& path) override;
    bool move(const ItemPath& from, const ItemPath& to) override;
    bool remove(const ItemPath& path) override;
    bool copy(const ItemPath& from, const ItemPath& to) override;
    // Less a reserve for what the repository writes beside the files. A place that cannot tell does
    // not stop the phone: it will say so itself when it is full.
    uint64_t free_bytes() override;
    uint64_t kept_back() override;
    // What no backup needs can only be removed while no backup is made.
    std::optional<uint64_t> purge(uint64_t, int64_t) override { return std::nullopt; }
    void progress(double percent) override;

private:
    ItemSink& sink_;
    sys::Clock& clock_;
    EventSink& events_;
};

// A folder's entries as the phone wants them; nothing when it is no folder.
std::optional<std::vector<DlEntry>> dl_entries(const FileTree& tree, const ItemPath& folder);
std::optional<BackupFolder::Readable> readable(const FileTree& tree, const ItemPath& path);

}  // namespace lifeboat::phone::ios
