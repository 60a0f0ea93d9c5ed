// A backup of which one file is damaged.
#pragma once

#include "base/error.h"
#include "item/item.h"

#include <memory>
#include <optional>
#include <utility>

namespace lifeboat::phone::android {

class TreeWithDamagedFile final : public FileTree {
public:
    TreeWithDamagedFile(const FileTree& whole, ItemPath damaged)
        : whole_(whole), damaged_(std::move(damaged)) {}

    std::optional<Item> find(const ItemPath& path) const override { return whole_.find(path); }
    void list(const ItemPath& folder, const Each& each) const override {
        whole_.list(folder, each);
    }
    std::unique_ptr<ByteSource> open(const ItemPath& path) const override {
        if (path == damaged_) throw Corrupt("a block is damaged");
        return whole_.open(path);
    }

private:
    const FileTree& whole_;
    ItemPath damaged_;
};

}  // namespace lifeboat::phone::android
