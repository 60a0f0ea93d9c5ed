// The one shape in which data moves: an item, its bytes as a stream, a sink that takes items, a
// tree that gives them.
//
// A phone that is backed up pushes into an ItemSink; a phone that is restored pulls from a
// FileTree. Snapshots, folders, opened phone backups and fakes are all the same two ends, and
// backup, verify, restore, export and audit are short functions that join them.
#pragma once

#include "base/bytes.h"
#include "base/time.h"
#include "item/item_path.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace lifeboat {

enum class ItemKind {
    file,
    folder,
    symlink,
    other,  // device, socket, fifo: listed, never copied
};

struct Item {
    ItemPath path{};
    ItemKind kind = ItemKind::file;
    uint64_t size = 0;          // bytes; 0 for anything but a file
    uint32_t mode = 0;          // permission bits with setuid, setgid and sticky (07777)
    TimePoint modified{};       // nanoseconds where the source gives them
    std::string link_target{};  // symlinks only; any bytes

    bool operator==(const Item&) const = default;
};

// Whether two dates of a file may be the same one: exact, or equal in whole seconds where one side
// knows no more (a phone's file service, an older backup, a file that was put back).
bool same_date(TimePoint a, TimePoint b);

// A stream read once, from start to end, by one thread.
class ByteSource {
public:
    virtual ~ByteSource() = default;
    // Fills at most out.size() bytes and returns how many; 0 means the end. Throws what the source
    // throws: Temporary (the cable was pulled), Denied, Missing, Corrupt (the bytes do not match
    // their hash).
    virtual size_t read(MutableByteView out) = 0;
};

class FileTree;

// Takes items. Except where an implementation says more, `put`, `keep` and `unreadable` may be
// called from several threads at once for different paths; the other calls come from one thread
// with no put under way.
class ItemSink {
public:
    virtual ~ItemSink() = default;

    // What is about to come, as far as the source knows (0 = unknown). For progress and for
    // reserving space: throws NoSpace when it can be seen now that it will not fit.
    struct Totals {
        uint64_t items = 0;
        uint64_t bytes = 0;
    };
    virtual void expect(const Totals&) {}

    // Reads `content` to its end and stores it under item.path; blocks while the sink is full. A
    // folder or symlink has no content. item.size is what the source announced; what was read
    // counts. A throw of `content` leaves the path as it was before. Parents need not have been
    // put.
    virtual void put(const Item& item, ByteSource& content) = 0;

    // Unchanged since the previous backup: take over what that one holds under this path (file
    // content and times). False when it cannot be taken over (no such path there, a part of it is
    // lost): the caller must `put` it.
    virtual bool keep(const Item& item) = 0;

    // Everything the previous backup holds is here from now on, as far as it can be taken over:
    // for a source that tells what changed, and not what stayed. Before all other calls.
    virtual void keep_all() = 0;

    // The source could not read this path: it is counted and named, and the backup is partial.
    virtual void unreadable(const ItemPath& path, const std::string& reason) = 0;

    // Replaces what is at `to`. Throws Missing when there is no `from`.
    virtual void move(const ItemPath& from, const ItemPath& to) = 0;
    // With everything below; what is not there is no error.
    virtual void remove(const ItemPath& path) = 0;
    // What was put, kept, moved and removed up to now, to look into before the backup is finished.
    // Lives as long as the sink; used by the thread that makes the other calls.
    virtual const FileTree& so_far() const = 0;
    // Bytes that still have room, as far as the target can tell: for a source that asks before it
    // sends.
    virtual std::optional<uint64_t> room() const { return std::nullopt; }
    // Returns when everything up to now would outlive a crash of this program, so that the source
    // may count on it.
    virtual void settle() {}
};

// A read-only tree. Calls may come from several threads at once.
class FileTree {
public:
    using Each = std::function<void(const Item&)>;

    virtual ~FileTree() = default;
    virtual std::optional<Item> find(
        const ItemPath& path) const = 0;  // the root is a folder that always exists
    // The direct children of a folder, sorted by name bytes. Throws Missing when it is no folder.
    virtual void list(const ItemPath& folder, const Each& each) const = 0;
    // Throws Missing when there is no such file, Corrupt when its bytes are damaged (at the read
    // that meets them: no byte of a damaged block is ever returned).
    virtual std::unique_ptr<ByteSource> open(const ItemPath& path) const = 0;
};

// Everything below `folder`, parents before children, each folder's children sorted by name.
void walk(const FileTree& tree, const ItemPath& folder, const FileTree::Each& each);

// Reads a source to its end. Throws Corrupt when it gives more than `limit` bytes.
Bytes read_all(ByteSource& source, uint64_t limit);

}  // namespace lifeboat
