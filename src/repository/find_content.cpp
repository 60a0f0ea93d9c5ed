#include "repository/find_content.h"

#include "base/error.h"
#include "base/text.h"
#include "repository/open_repository.h"
#include "repository/snapshot_tree.h"

#include <algorithm>
#include <set>
#include <vector>

namespace lifeboat::repository {

namespace {

class Search {
public:
    Search(Store& store, const BlobId& piece, const FileTree::Each& each, std::stop_token stop)
        : store_(store), piece_(piece), each_(each), stop_(std::move(stop)) {}

    void run(const BlobId& root) {
        enter(root, ItemPath());
        while (!open_.empty()) {
            if (stop_.stop_requested()) throw Cancelled{};
            Folder& folder = open_.back();
            if (folder.next < folder.tree->size()) {
                look((*folder.tree)[folder.next++]);
            } else {
                leave();
            }
        }
    }

private:
    struct Folder {  // of the way down to where the search is
        BlobId id{};
        ItemPath path{};
        std::shared_ptr<const Tree> tree{};
        size_t next = 0;
        bool found = false;  // something below holds it
    };

    void enter(const BlobId& id, const ItemPath& path) {
        // The same folder under another path: nothing in it, so nothing there either.
        if (without_.contains(id)) return;
        open_.push_back({.id = id, .path = path, .tree = store_.load_tree(id, stop_)});
    }

    void look(const Node& node) {
        if (!ItemPath::is_valid_part(node.name)) return;
        Folder& folder = open_.back();
        const ItemPath path = path_below(folder.path, node.name);
        if (node.type == NodeType::dir) {
            enter(node.subtree, path);
        } else if (std::find(node.content.begin(), node.content.end(), piece_) !=
                   node.content.end()) {
            each_(item_of(node, path));
            folder.found = true;
        }
    }

    void leave() {
        const bool found = open_.back().found;
        if (!found) without_.insert(open_.back().id);
        open_.pop_back();
        if (found && !open_.empty()) open_.back().found = true;
    }

    Store& store_;
    const BlobId& piece_;
    const FileTree::Each& each_;
    std::stop_token stop_;
    std::vector<Folder> open_{};
    std::set<BlobId> without_{};
};

}  // namespace

void find_content(Repository& repository, const Snapshot& snapshot, const BlobId& piece,
                  const FileTree::Each& each, const std::stop_token& stop) {
    Store& store = dynamic_cast<OpenRepository&>(repository).store();
    store.refresh_index(stop);
    Search(store, piece, each, stop).run(snapshot.tree);
}

std::vector<BlobId> content_of(Repository& repository, const Snapshot& snapshot,
                               const ItemPath& path, const std::stop_token& stop) {
    Store& store = dynamic_cast<OpenRepository&>(repository).store();
    store.refresh_index(stop);
    const auto place = SnapshotTree(store, snapshot.tree, stop).locate(path);
    if (place.node == nullptr || place.node->type != NodeType::file) {
        throw Missing("there is no file '" + printable(path.text()) + "' in the backup");
    }
    return place.node->content;
}

}  // namespace lifeboat::repository
