// A snapshot as a FileTree: trees are loaded when they are looked into, blobs when they are read.
#pragma once

#include "repository/store.h"

namespace lifeboat::repository {

class SnapshotTree final : public FileTree {
public:
    // Loads the root: throws Corrupt when that cannot be read.
    SnapshotTree(Store& store, const BlobId& root, std::stop_token stop);

    std::optional<Item> find(const ItemPath& path) const override;
    // Names that are no path part (none that a backup of a phone makes) are passed over.
    void list(const ItemPath& folder, const Each& each) const override;
    std::unique_ptr<ByteSource> open(const ItemPath& path) const override;

    // The node itself; nothing when there is none. Throws Corrupt.
    std::optional<Node> node(const ItemPath& path) const;

private:
    // Null when there is no such folder.
    std::shared_ptr<const Tree> folder(std::string_view path) const;

    Store& store_;
    BlobId root_;
    std::stop_token stop_;
};

}  // namespace lifeboat::repository
