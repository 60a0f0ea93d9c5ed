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

    // A folder's nodes and the id of their blob; no nodes when there is no such folder.
    struct Folder {
        std::shared_ptr<const Tree> nodes{};
        BlobId id{};
    };
    // Where a node is: in its folder. Null when there is none. Throws Corrupt.
    struct Place {
        Folder folder{};
        const Node* node = nullptr;  // lives as long as the folder's nodes
    };
    Place locate(const ItemPath& path) const;

private:
    struct LastFolder {
        std::string path{};
        Folder folder{};
    };

    Folder folder(std::string_view path) const;
    Folder walk_to(std::string_view path) const;

    Store& store_;
    // Who asks for a file asks for its neighbour next.
    mutable Guarded<LastFolder> last_{};
    BlobId root_;
    std::stop_token stop_;
};

}  // namespace lifeboat::repository
