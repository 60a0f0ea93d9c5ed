// A folder of this machine as the target of items: nothing a hostile tree says can write outside of
// it.
#pragma once

#include "item/item.h"
#include "sys/pages.h"

#include <cstdint>
#include <memory>
#include <string>

namespace lifeboat {

// Creates what is missing below `root` (which must exist or be creatable), never follows a symbolic
// link inside of it, and writes each file beside its place first, so that a stopped restore leaves
// no half file under a real name. Times and permission bits are set; owners are not. One thread.
class FolderSink final {
public:
    explicit FolderSink(const std::string& root);
    ~FolderSink();
    FolderSink(const FolderSink&) = delete;
    FolderSink& operator=(const FolderSink&) = delete;

    // What is at the path now; nothing when there is nothing. A link or a non-folder on the way
    // there throws Denied.
    std::optional<Item> find(const ItemPath& path) const;
    // The bytes of a file that is there. Throws Missing.
    std::unique_ptr<ByteSource> open(const ItemPath& path) const;
    // Replaces a file or link that is there; throws Denied when a folder is in the way of a file.
    void put(const Item& item, ByteSource& content);
    // Folder times last: writing into a folder changes them.
    void set_folder(const Item& item);
    // Bytes that still fit; UINT64_MAX when the system does not say.
    uint64_t free_bytes() const;

private:
    struct Parent;

    // The open folder that holds `path`; nothing when it is not there and is not to be made.
    std::optional<int> parent_of(const ItemPath& path, bool make) const;

    int root_ = -1;  // descriptor: what a rename of the root cannot redirect
    // The folder that was used last: trees are restored folder by folder.
    std::unique_ptr<Parent> parent_;
    sys::Pages buffer_;
};

}  // namespace lifeboat
