// The folder an iPhone restores itself from, over a tree that nobody changes. A phone may ask for a
// copy of the whole backup before it begins: it is given one that costs nothing.
#pragma once

#include "item/item.h"
#include "phone/ios/backup_folder.h"

#include <functional>
#include <map>
#include <set>

namespace lifeboat::phone::ios {

class TreeFolder final : public BackupFolder {
public:
    using OnProgress = std::function<void(double percent)>;
    // `tree` outlives it; its root holds the folders named after phones.
    explicit TreeFolder(const FileTree& tree, OnProgress on_progress = {});

    std::optional<Readable> open(const ItemPath& path) override;
    // A restore sends nothing: throws Denied.
    void store(const ItemPath& path, ByteSource& content) override;
    void stored_all() override {}
    std::optional<std::vector<DlEntry>> list(const ItemPath& path) override;
    bool make_folder(const ItemPath& path) override;
    // Copies and folders made here can be moved and removed; what is in the backup cannot: throws
    // Denied.
    bool move(const ItemPath& from, const ItemPath& to) override;
    bool remove(const ItemPath& path) override;
    bool copy(const ItemPath& from, const ItemPath& to) override;
    uint64_t free_bytes() override;
    std::optional<uint64_t> purge(uint64_t, int64_t) override { return std::nullopt; }
    void progress(double percent) override;

private:
    // Where in the tree the bytes of a path are.
    ItemPath source_of(const ItemPath& path) const;
    std::optional<Item> find(const ItemPath& path) const;

    const FileTree& tree_;
    OnProgress on_progress_;
    std::map<ItemPath, ItemPath> copies_{};  // copy -> original, in the tree
    std::set<ItemPath> folders_{};
};

}  // namespace lifeboat::phone::ios
