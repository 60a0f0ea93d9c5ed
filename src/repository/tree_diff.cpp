#include "repository/tree_diff.h"

#include "base/error.h"
#include "repository/open_repository.h"

#include <algorithm>
#include <map>
#include <unordered_set>

namespace lifeboat::repository {

namespace {

using BlobSet = std::unordered_set<BlobId, IdHash>;

// One of the two backups while it is compared.
struct Side {
    Store& store;
    BlobSet pieces{};
    // Files that only this side has, by what they hold.
    std::multimap<Digest, size_t> files_by_content{};
};

Store& store_of(Repository& repository) {
    return dynamic_cast<OpenRepository&>(repository).store();
}

Digest content_hash(const Node& node) {
    Bytes ids;
    ids.reserve(node.content.size() * sizeof(Digest));
    for (const BlobId& id : node.content) append(ids, id.bytes());
    return {crypto::sha256(ids)};
}

bool same_content(const Node& a, const Node& b) {
    if (a.type != b.type) return false;
    if (a.type == NodeType::file) return a.content == b.content;
    return a.link_target == b.link_target;
}

bool same_facts(const Node& a, const Node& b) {
    return a.modified == b.modified && a.mode == b.mode;
}

class Comparison {
public:
    Comparison(Store& before, Store& after, std::stop_token stop)
        : before_{before}, after_{after}, stop_(std::move(stop)) {}

    TreeDiff compare(const BlobId& before, const BlobId& after) {
        if (before == after) {
            diff_.folders_same = 1;
            return std::move(diff_);
        }
        waiting_.push_back({ItemPath(), before, after});
        while (!waiting_.empty()) {
            const Pair pair = std::move(waiting_.back());
            waiting_.pop_back();
            folders(pair);
        }
        find_moved();
        count_pieces(before_, after_, diff_.bytes_removed, diff_.pieces_removed);
        count_pieces(after_, before_, diff_.bytes_added, diff_.pieces_added);
        std::sort(diff_.changes.begin(), diff_.changes.end(),
                  [](const TreeChange& a, const TreeChange& b) { return a.path < b.path; });
        return std::move(diff_);
    }

private:
    // Folders under the same path that differ, or that only one side has.
    struct Pair {
        ItemPath path{};
        std::optional<BlobId> before{}, after{};
    };

    std::shared_ptr<const Tree> load(Side& side, const std::optional<BlobId>& id) {
        static const auto empty = std::make_shared<const Tree>();
        if (!id) return empty;
        if (stop_.stop_requested()) throw Cancelled{};
        ++diff_.folders_read;
        return side.store.load_tree(*id, stop_);
    }

    void folders(const Pair& pair) {
        const auto old_tree = load(before_, pair.before);
        const auto new_tree = load(after_, pair.after);
        auto old_node = old_tree->begin();
        auto new_node = new_tree->begin();
        while (old_node != old_tree->end() || new_node != new_tree->end()) {
            const bool take_old = new_node == new_tree->end() ||
                                  (old_node != old_tree->end() && old_node->name <= new_node->name);
            const bool take_new = old_node == old_tree->end() ||
                                  (new_node != new_tree->end() && new_node->name <= old_node->name);
            nodes(pair.path, take_old ? &*old_node : nullptr, take_new ? &*new_node : nullptr);
            if (take_old) ++old_node;
            if (take_new) ++new_node;
        }
    }

    void nodes(const ItemPath& folder, const Node* before, const Node* after) {
        const std::string& name = before != nullptr ? before->name : after->name;
        if (!ItemPath::is_valid_part(name)) return;
        const ItemPath path = path_below(folder, name);
        if (before != nullptr)
            before_.pieces.insert(before->content.begin(), before->content.end());
        if (after != nullptr) after_.pieces.insert(after->content.begin(), after->content.end());
        if (before != nullptr && after != nullptr && before->type == after->type)
            both(path, *before, *after);
        else if (before != nullptr && after != nullptr)
            replaced(path, *before, *after);
        else if (before != nullptr)
            alone(path, *before, before_, ChangeKind::removed);
        else
            alone(path, *after, after_, ChangeKind::added);
        Pair below{path, subtree(before), subtree(after)};
        if (below.before && below.before == below.after)
            ++diff_.folders_same;
        else if (below.before || below.after)
            waiting_.push_back(std::move(below));
    }

    static std::optional<BlobId> subtree(const Node* node) {
        if (node == nullptr || node->type != NodeType::dir) return std::nullopt;
        return node->subtree;
    }

    void both(const ItemPath& path, const Node& before, const Node& after) {
        // A folder's date changes whenever something in it does: that is told already.
        if (after.type == NodeType::dir) return;
        const bool same = same_content(before, after);
        if (same && same_facts(before, after)) return;
        add(same ? ChangeKind::touched : ChangeKind::changed, path, &before, &after);
    }

    void replaced(const ItemPath& path, const Node& before, const Node& after) {
        add(ChangeKind::changed, path, &before, &after);
    }

    void alone(const ItemPath& path, const Node& node, Side& side, ChangeKind kind) {
        const bool old = kind == ChangeKind::removed;
        // An empty file is like every other: it did not come from anywhere.
        if (node.type == NodeType::file && !node.content.empty()) {
            side.files_by_content.emplace(content_hash(node), diff_.changes.size());
        }
        add(kind, path, old ? &node : nullptr, old ? nullptr : &node);
    }

    void add(ChangeKind kind, const ItemPath& path, const Node* before, const Node* after) {
        diff_.changes.push_back({.kind = kind,
                                 .path = path,
                                 .item = item_kind(after != nullptr ? after->type : before->type),
                                 .size_before = before != nullptr ? before->size : 0,
                                 .size_after = after != nullptr ? after->size : 0});
    }

    // Each removed file accounts for one that was added with the same content.
    void find_moved() {
        std::vector<bool> over(diff_.changes.size());
        for (const auto& [content, added] : after_.files_by_content) {
            const auto removed = before_.files_by_content.find(content);
            if (removed == before_.files_by_content.end()) continue;
            TreeChange& change = diff_.changes[added];
            change.kind = ChangeKind::moved;
            change.moved_from = diff_.changes[removed->second].path;
            change.size_before = diff_.changes[removed->second].size_before;
            over[removed->second] = true;
            before_.files_by_content.erase(removed);
        }
        std::vector<TreeChange> left;
        for (size_t i = 0; i < over.size(); ++i) {
            if (!over[i]) left.push_back(std::move(diff_.changes[i]));
        }
        diff_.changes = std::move(left);
    }

    void count_pieces(Side& side, const Side& other, uint64_t& bytes, uint64_t& pieces) {
        side.store.with_index(stop_, [&](const Index& index) {
            for (const BlobId& id : side.pieces) {
                if (other.pieces.contains(id)) continue;
                ++pieces;
                const auto place = index.place(id, BlobType::data);
                if (place) bytes += place->blob.plain_length();
            }
        });
    }

    Side before_, after_;
    std::vector<Pair> waiting_{};
    std::stop_token stop_;
    TreeDiff diff_{};
};

}  // namespace

TreeDiff diff_trees(const DiffSide& before, const DiffSide& after, const std::stop_token& stop) {
    Store& old_store = store_of(before.repository);
    Store& new_store = store_of(after.repository);
    // The backups may be newer than the indexes in memory.
    old_store.refresh_index(stop);
    if (&new_store != &old_store) new_store.refresh_index(stop);
    return Comparison(old_store, new_store, stop)
        .compare(before.snapshot.tree, after.snapshot.tree);
}

}  // namespace lifeboat::repository
