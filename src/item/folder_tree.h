// A folder of this machine as a tree. Links are listed and never followed: what lies outside of the
// folder is not read.
#pragma once

#include "item/folder_access.h"
#include "item/item.h"

#include <string>

namespace lifeboat {

class FolderTree final : public FileTree {
public:
    // Throws Missing, Denied.
    explicit FolderTree(const std::string& root);

    std::optional<Item> find(const ItemPath& path) const override;
    void list(const ItemPath& folder, const Each& each) const override;
    std::unique_ptr<ByteSource> open(const ItemPath& path) const override;

private:
    folder_access::Descriptor root_;
};

}  // namespace lifeboat
