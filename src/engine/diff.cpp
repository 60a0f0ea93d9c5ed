#include "engine/diff.h"

#include <algorithm>
#include <map>

namespace lifeboat::engine {

namespace {

using repository::ChangeKind;
using repository::TreeChange;

// Loaded only when something must be looked up: a manifest lists every file.
class Hashes {
public:
    Hashes(const BackupAt& backup, const std::stop_token& stop) : backup_(backup), stop_(stop) {}

    std::optional<Digest> of(const ItemPath& path) {
        if (!loaded_) {
            manifest_ = load_manifest(*backup_.repository.read(backup_.snapshot, stop_));
            loaded_ = true;
        }
        if (!manifest_) return std::nullopt;
        const auto found = manifest_->files.find(path);
        if (found == manifest_->files.end()) return std::nullopt;
        return found->second.sha256;
    }

private:
    const BackupAt& backup_;
    std::stop_token stop_;
    bool loaded_ = false;
    std::optional<Manifest> manifest_{};
};

std::map<ItemPath, Item> items_of(const FileTree& tree, const std::stop_token& stop) {
    std::map<ItemPath, Item> items;
    walk(tree, ItemPath(), [&](const Item& item) {
        if (stop.stop_requested()) throw Cancelled{};
        items.emplace(item.path, item);
    });
    return items;
}

std::optional<ChangeKind> change_of(const Item& before, const Item& after) {
    if (before.kind != after.kind || before.link_target != after.link_target ||
        before.size != after.size) {
        return ChangeKind::changed;
    }
    // A phone dates a file when it writes it; folders get a new date with each child.
    if (before.kind == ItemKind::file && before.modified != after.modified)
        return ChangeKind::changed;
    if (before.mode != after.mode) return ChangeKind::touched;
    return std::nullopt;
}

TreeChange change(ChangeKind kind, const Item* before, const Item* after) {
    const Item& one = after != nullptr ? *after : *before;
    return {.kind = kind,
            .path = one.path,
            .item = one.kind,
            .size_before = before != nullptr ? before->size : 0,
            .size_after = after != nullptr ? after->size : 0};
}

}  // namespace

repository::TreeDiff difference_of_trees(const FileTree& before, const FileTree& after,
                                         const std::stop_token& stop) {
    const auto old_items = items_of(before, stop);
    const auto new_items = items_of(after, stop);
    repository::TreeDiff diff;
    auto old_item = old_items.begin();
    auto new_item = new_items.begin();
    while (old_item != old_items.end() || new_item != new_items.end()) {
        const bool gone = new_item == new_items.end() ||
                          (old_item != old_items.end() && old_item->first < new_item->first);
        const bool fresh = old_item == old_items.end() ||
                           (new_item != new_items.end() && new_item->first < old_item->first);
        if (gone) {
            diff.changes.push_back(change(ChangeKind::removed, &old_item->second, nullptr));
        } else if (fresh) {
            diff.changes.push_back(change(ChangeKind::added, nullptr, &new_item->second));
        } else if (const auto kind = change_of(old_item->second, new_item->second)) {
            diff.changes.push_back(change(*kind, &old_item->second, &new_item->second));
        }
        if (!fresh) ++old_item;
        if (!gone) ++new_item;
    }
    return diff;
}

repository::TreeDiff difference(const BackupAt& before, const BackupAt& after,
                                const OperationContext& context) {
    repository::TreeDiff diff = repository::diff_trees(
        {before.repository, before.snapshot}, {after.repository, after.snapshot}, context.stop);
    Hashes old_hashes(before, context.stop);
    Hashes new_hashes(after, context.stop);
    for (TreeChange& change : diff.changes) {
        const bool perhaps_same = change.kind == ChangeKind::changed &&
                                  change.item == ItemKind::file &&
                                  change.size_before == change.size_after;
        if (!perhaps_same) continue;
        const auto old_hash = old_hashes.of(change.path);
        if (old_hash && old_hash == new_hashes.of(change.path)) change.kind = ChangeKind::touched;
    }
    // Lifeboat's own records differ in every backup and are no file of the phone.
    std::erase_if(diff.changes,
                  [](const TreeChange& change) { return change.path.is_within(records_folder()); });
    return diff;
}

}  // namespace lifeboat::engine
