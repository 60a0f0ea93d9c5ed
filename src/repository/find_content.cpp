#include "repository/find_content.h"

#include "base/error.h"
#include "repository/open_repository.h"

#include <algorithm>
#include <set>

namespace lifeboat::repository {

namespace {

class Search {
public:
    Search(Store& store, const BlobId& piece, const FileTree::Each& each, std::stop_token stop)
        : store_(store), piece_(piece), each_(each), stop_(std::move(stop)) {}

    // True when something below holds it.
    bool folder(const BlobId& id, const ItemPath& path) {
        if (stop_.stop_requested()) throw Cancelled{};
        // The same folder under another path: nothing in it, so nothing there either.
        if (without_.contains(id)) return false;
        bool found = false;
        const auto tree = store_.load_tree(id, stop_);
        for (const Node& node : *tree) {
            if (!ItemPath::is_valid_part(node.name)) continue;
            const ItemPath below = path.child(node.name);
            if (node.type == NodeType::dir) {
                found = folder(node.subtree, below) || found;
            } else if (std::find(node.content.begin(), node.content.end(), piece_) !=
                       node.content.end()) {
                each_(item_of(node, below));
                found = true;
            }
        }
        if (!found) without_.insert(id);
        return found;
    }

private:
    Store& store_;
    const BlobId& piece_;
    const FileTree::Each& each_;
    std::stop_token stop_;
    std::set<BlobId> without_{};
};

}  // namespace

void find_content(Repository& repository, const Snapshot& snapshot, const BlobId& piece,
                  const FileTree::Each& each, const std::stop_token& stop) {
    Store& store = dynamic_cast<OpenRepository&>(repository).store();
    store.refresh_index(stop);
    Search(store, piece, each, stop).folder(snapshot.tree, ItemPath());
}

}  // namespace lifeboat::repository
