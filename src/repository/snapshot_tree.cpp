#include "repository/snapshot_tree.h"

#include "base/error.h"
#include "base/text.h"
#include "repository/blob_source.h"

namespace lifeboat::repository {

SnapshotTree::SnapshotTree(Store& store, const BlobId& root, std::stop_token stop)
    : store_(store), root_(root), stop_(std::move(stop)) {
    store_.load_tree(root_, stop_);
}

std::shared_ptr<const Tree> SnapshotTree::folder(std::string_view path) const {
    auto tree = store_.load_tree(root_, stop_);
    while (!path.empty()) {
        const std::string_view part = path.substr(0, path.find('/'));
        path.remove_prefix(std::min(path.size(), part.size() + 1));
        const Node* node = find_node(*tree, part);
        if (node == nullptr || node->type != NodeType::dir) return nullptr;
        tree = store_.load_tree(node->subtree, stop_);
    }
    return tree;
}

std::optional<Node> SnapshotTree::node(const ItemPath& path) const {
    const std::string_view name = path.name();
    const std::string_view text = path.text();
    const auto tree = folder(text.substr(0, text.size() - std::min(text.size(), name.size() + 1)));
    const Node* found = tree != nullptr ? find_node(*tree, name) : nullptr;
    if (found == nullptr) return std::nullopt;
    return *found;
}

std::optional<Item> SnapshotTree::find(const ItemPath& path) const {
    if (path.is_root()) return Item{.kind = ItemKind::folder, .mode = 0755};
    const auto found = node(path);
    if (!found) return std::nullopt;
    return item_of(*found, path);
}

void SnapshotTree::list(const ItemPath& folder_path, const Each& each) const {
    const auto tree = folder(folder_path.text());
    if (tree == nullptr) {
        throw Missing("there is no folder '" + printable(folder_path.text()) + "' in the backup");
    }
    for (const Node& child : *tree) {
        if (!ItemPath::is_valid_part(child.name)) continue;
        each(item_of(child, folder_path.child(child.name)));
    }
}

std::unique_ptr<ByteSource> SnapshotTree::open(const ItemPath& path) const {
    auto found = node(path);
    if (!found || found->type != NodeType::file) {
        throw Missing("there is no file '" + printable(path.text()) + "' in the backup");
    }
    return std::make_unique<BlobSource>(store_, std::move(found->content), stop_);
}

}  // namespace lifeboat::repository
