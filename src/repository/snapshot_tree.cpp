#include "repository/snapshot_tree.h"

#include "base/error.h"
#include "base/text.h"
#include "repository/blob_source.h"

namespace lifeboat::repository {

SnapshotTree::SnapshotTree(Store& store, const BlobId& root, std::stop_token stop)
    : store_(store), root_(root), stop_(std::move(stop)) {
    store_.load_tree(root_, stop_);
}

SnapshotTree::Folder SnapshotTree::folder(std::string_view path) const {
    Folder found = last_.with(
        [&](const LastFolder& last) { return last.path == path ? last.folder : Folder{}; });
    if (found.nodes != nullptr) return found;
    found = walk_to(path);
    last_.with([&](LastFolder& last) { last = {std::string(path), found}; });
    return found;
}

SnapshotTree::Folder SnapshotTree::walk_to(std::string_view path) const {
    Folder at{.nodes = store_.load_tree(root_, stop_), .id = root_};
    while (!path.empty()) {
        const std::string_view part = path.substr(0, path.find('/'));
        path.remove_prefix(std::min(path.size(), part.size() + 1));
        const Node* node = find_node(*at.nodes, part);
        if (node == nullptr || node->type != NodeType::dir) return {};
        const BlobId id = node->subtree;
        at = {.nodes = store_.load_tree(id, stop_), .id = id};
    }
    return at;
}

SnapshotTree::Place SnapshotTree::locate(const ItemPath& path) const {
    const std::string_view name = path.name();
    const std::string_view text = path.text();
    Place place{.folder =
                    folder(text.substr(0, text.size() - std::min(text.size(), name.size() + 1)))};
    if (place.folder.nodes != nullptr) place.node = find_node(*place.folder.nodes, name);
    return place;
}

std::optional<Item> SnapshotTree::find(const ItemPath& path) const {
    if (path.is_root()) return Item{.kind = ItemKind::folder, .mode = 0755};
    const Place place = locate(path);
    if (place.node == nullptr) return std::nullopt;
    return item_of(*place.node, path);
}

void SnapshotTree::list(const ItemPath& folder_path, const Each& each) const {
    const auto tree = folder(folder_path.text()).nodes;
    if (tree == nullptr) {
        throw Missing("there is no folder '" + printable(folder_path.text()) + "' in the backup");
    }
    for (const Node& child : *tree) {
        if (!ItemPath::is_valid_part(child.name)) continue;
        each(item_of(child, path_below(folder_path, child.name)));
    }
}

std::unique_ptr<ByteSource> SnapshotTree::open(const ItemPath& path) const {
    const Place place = locate(path);
    if (place.node == nullptr || place.node->type != NodeType::file) {
        throw Missing("there is no file '" + printable(path.text()) + "' in the backup");
    }
    return std::make_unique<BlobSource>(store_, place.node->content, stop_);
}

}  // namespace lifeboat::repository
