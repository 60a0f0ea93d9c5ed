#include "base/error.h"
#include "crypto/sha256.h"
#include "repository/repairer.h"
#include "repository/snapshot_rewrite.h"

#include <algorithm>

namespace lifeboat::repository {

// What a folder became: nothing when not even its list is left. Null: it is to be made first.
const std::optional<BlobId>* Repairer::rewritten(const BlobId& id) {
    const auto known = rewritten_.find(id);
    if (known != rewritten_.end()) return &known->second;
    // Folders without loss stay as they are.
    if (whole_trees_[id]) return &rewritten_.emplace(id, id).first->second;
    if (is_lost(id, BlobType::tree)) return &rewritten_.emplace(id, std::nullopt).first->second;
    return nullptr;
}

void Repairer::finish_rewriting(const RewrittenFolder& folder) {
    const std::string json = encode_tree(folder.kept);
    const BlobId made{crypto::sha256(as_bytes(json))};
    if (!is_available(made, BlobType::tree)) {
        writer_.add_plain(BlobType::tree, made, as_bytes(json), stop_);
        note_written(made, BlobType::tree);
    }
    rewritten_.emplace(folder.id, made);
}

// From the innermost folder outwards, with a stack of our own: whoever writes into the place
// decides how deep its folders are.
void Repairer::rewrite_tree(const BlobId& root) {
    std::vector<RewrittenFolder> open;
    const auto enter = [&](const BlobId& id) {
        open.push_back({.id = id, .old = load_tree(id).value()});
    };
    if (rewritten(root) == nullptr) enter(root);
    while (!open.empty()) {
        if (stop_.stop_requested()) throw Cancelled{};
        RewrittenFolder& folder = open.back();
        if (folder.next == folder.old.size()) {
            finish_rewriting(folder);
            open.pop_back();
            continue;
        }
        Node& node = folder.old[folder.next];
        bool lost = loses_piece(node);
        if (node.type == NodeType::dir) {
            const std::optional<BlobId>* below = rewritten(node.subtree);
            if (below == nullptr) {
                enter(BlobId(node.subtree));  // and then this node once more
                continue;
            }
            lost = !*below;
            node.subtree = below->value_or(BlobId{});
        }
        ++folder.next;
        if (!lost) folder.kept.push_back(std::move(node));
    }
}

void Repairer::rewrite_snapshots(const std::vector<Loaded>& snapshots) {
    for (const Loaded& loaded : snapshots) {
        if (!whole_trees_[loaded.snapshot.tree]) rewrite_tree(loaded.snapshot.tree);
    }
}

// After its trees and their index are durable. The old file is set aside, so that nothing is given
// up for good.
void Repairer::rewrite_snapshot_file(const Loaded& old, const std::optional<BlobId>& tree) {
    RewrittenSnapshot done{.before = old.id};
    if (tree) {
        std::vector<std::string> tags;
        for (const std::string& tag : old.snapshot.tags) {
            const auto& removed = options_.tags_removed;
            const auto& added = options_.tags_added;
            if (std::find(removed.begin(), removed.end(), tag) != removed.end()) continue;
            if (std::find(added.begin(), added.end(), tag) == added.end()) tags.push_back(tag);
        }
        tags.insert(tags.end(), options_.tags_added.begin(), options_.tags_added.end());
        const std::string json =
            rewrite_snapshot(old.json, {.tree = tree, .tags = std::move(tags), .original = old.id});
        done.after = SnapshotId{};
        if (!options_.dry_run) {
            lock_.ensure_held(stop_);
            done.after = SnapshotId{store_.save_document("snapshots/", json, stop_).value};
        }
    }
    set_aside("snapshots/" + old.id.hex());
    report_.rewritten.push_back(done);
}

}  // namespace lifeboat::repository
