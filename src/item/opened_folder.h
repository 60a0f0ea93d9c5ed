// Any FileTree for those who come back to it many times and in any order (open_tree.h).
#pragma once

#include "item/item.h"
#include "item/open_tree.h"

#include <functional>
#include <memory>

namespace lifeboat {

// Opens the tree, or gives the one that is open. What it gives is held only while it is read from;
// each call gives the same tree. Any thread.
using TreeOpener = std::function<std::shared_ptr<const FileTree>(const std::stop_token&)>;

// The listings that were looked at last, of any number of trees: a folder that is remembered is
// not listed anew for each name in it. Any thread.
class ListingMemory {
public:
    // About 100 bytes an entry. The last listing is always kept.
    explicit ListingMemory(size_t most_entries = 300'000);
    ~ListingMemory();
    ListingMemory(const ListingMemory&) = delete;
    ListingMemory& operator=(const ListingMemory&) = delete;

    void used(const std::shared_ptr<const FolderListing>& listing);
    size_t entries() const;  // kept now

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

// The root of a tree. Nothing is opened before somebody looks into it.
std::shared_ptr<const OpenFolder> opened_folder(TreeOpener open,
                                                std::shared_ptr<ListingMemory> memory);

}  // namespace lifeboat
