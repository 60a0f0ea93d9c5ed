#include "engine/diff.h"

#include <algorithm>

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

}  // namespace

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
