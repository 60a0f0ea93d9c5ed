#include "base/error.h"
#include "crypto/sha256.h"
#include "repository/repairer.h"
#include "repository/snapshot_rewrite.h"

#include <algorithm>

namespace lifeboat::repository {

// Nothing when not even the list of this folder is left. Folders without loss stay as they are.
std::optional<BlobId> Repairer::tree_without_lost(const BlobId& id) {
    const auto known = rewritten_.find(id);
    if (known != rewritten_.end()) return known->second;
    if (whole_trees_[id]) return id;
    std::optional<BlobId> result;
    if (!is_lost(id, BlobType::tree)) {
        Tree kept;
        std::optional<Tree> old = load_tree(id);  // must outlive the loop
        for (Node& node : old.value()) {
            if (loses_piece(node)) continue;
            if (node.type == NodeType::dir) {
                const auto below = tree_without_lost(node.subtree);
                if (!below) continue;
                node.subtree = *below;
            }
            kept.push_back(std::move(node));
        }
        const std::string json = encode_tree(kept);
        result = BlobId{crypto::sha256(as_bytes(json))};
        if (!is_available(*result, BlobType::tree)) {
            writer_.add_plain(BlobType::tree, *result, as_bytes(json), stop_);
            note_written(*result, BlobType::tree);
        }
    }
    rewritten_.emplace(id, result);
    return result;
}

void Repairer::rewrite_snapshots(const std::vector<Loaded>& snapshots) {
    for (const Loaded& loaded : snapshots) {
        if (!whole_trees_[loaded.snapshot.tree]) tree_without_lost(loaded.snapshot.tree);
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
