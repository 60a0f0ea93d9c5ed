#include "app/snapshots.h"

#include <algorithm>
#include <map>
#include <set>

namespace lifeboat::app {
namespace {

struct FileState {
    uint64_t size = 0;
    TimePoint modified{};
    std::optional<Digest> sha256{};
};

using Files = std::map<ItemPath, FileState>;

// Lifeboat's own records differ in every backup and are no file of the phone.
Files files_of(const FoundSnapshot& found, const std::stop_token& stop) {
    Files files;
    const auto tree = found.place.repository->read(found.snapshot, stop);
    if (const auto manifest = engine::load_manifest(*tree)) {
        for (const auto& [path, entry] : manifest->files) {
            files[path] = {entry.size, entry.modified, entry.sha256};
        }
        return files;
    }
    walk(*tree, ItemPath{}, [&](const Item& item) {
        if (stop.stop_requested()) throw Cancelled();
        const bool counts =
            item.kind == ItemKind::file && !item.path.is_within(engine::records_folder());
        if (counts) files[item.path] = {item.size, item.modified, std::nullopt};
    });
    return files;
}

std::optional<DiffKind> compare(const FileState& before, const FileState& after) {
    const bool same_date = before.modified == after.modified;
    const bool both_hashed = before.sha256 && after.sha256;
    const bool same_bytes =
        both_hashed ? *before.sha256 == *after.sha256 : before.size == after.size && same_date;
    if (!same_bytes) return DiffKind::changed;
    if (!same_date) return DiffKind::touched;
    return std::nullopt;
}

bool has_tag(const repository::Snapshot& snapshot, std::string_view tag) {
    return std::ranges::count(snapshot.tags, tag) > 0;
}

}  // namespace

std::vector<SnapshotRow> snapshot_rows(const OpenedPlaces& places, const std::stop_token& stop) {
    std::map<repository::SnapshotId, SnapshotRow> rows;
    for (const engine::Place& place : places.places) {
        if (place.repository == nullptr) continue;
        for (repository::Snapshot& snapshot : place.repository->snapshots(stop)) {
            SnapshotRow& row = rows[snapshot.id];
            row.snapshot = std::move(snapshot);
            row.places.push_back(place.name);
        }
    }
    std::vector<SnapshotRow> sorted;
    for (auto& [id, row] : rows) sorted.push_back(std::move(row));
    std::ranges::stable_sort(sorted, {}, [](const SnapshotRow& row) { return row.snapshot.time; });
    return sorted;
}

FoundSnapshot find_snapshot(const OpenedPlaces& places, const std::string& wanted,
                            const std::stop_token& stop) {
    std::vector<repository::Snapshot> all;
    const std::vector<SnapshotRow> rows = snapshot_rows(places, stop);
    for (const SnapshotRow& row : rows) all.push_back(row.snapshot);
    FoundSnapshot found;
    found.snapshot = engine::choose_snapshot(all, wanted.empty() ? "latest" : wanted, "");
    const auto row = std::ranges::find_if(
        rows, [&](const SnapshotRow& r) { return r.snapshot.id == found.snapshot.id; });
    const auto place = std::ranges::find_if(
        places.places, [&](const engine::Place& p) { return p.name == row->places.front(); });
    found.place = *place;
    return found;
}

std::string_view snapshot_state(const repository::Snapshot& snapshot) {
    if (!has_tag(snapshot, engine::tag_lifeboat)) return "foreign";
    if (has_tag(snapshot, engine::tag_interrupted)) return "interrupted";
    return has_tag(snapshot, engine::tag_partial) ? "partial" : "complete";
}

std::string snapshot_phone(const repository::Snapshot& snapshot) {
    const std::string prefix = engine::tag_phone("");
    for (const std::string& tag : snapshot.tags) {
        if (tag.starts_with(prefix)) return tag.substr(prefix.size());
    }
    return {};
}

std::string_view to_text(DiffKind kind) {
    switch (kind) {
        case DiffKind::added:
            return "added";
        case DiffKind::removed:
            return "removed";
        case DiffKind::changed:
            return "changed";
        case DiffKind::touched:
            return "touched";
    }
    return "changed";
}

std::vector<DiffEntry> difference(const FoundSnapshot& from, const FoundSnapshot& to,
                                  const std::stop_token& stop) {
    const Files before = files_of(from, stop);
    const Files after = files_of(to, stop);
    std::vector<DiffEntry> entries;
    for (const auto& [path, old] : before) {
        const auto now = after.find(path);
        if (now == after.end()) {
            entries.push_back({DiffKind::removed, path, old.size, 0});
        } else if (const auto kind = compare(old, now->second)) {
            entries.push_back({*kind, path, old.size, now->second.size});
        }
    }
    for (const auto& [path, now] : after) {
        if (before.find(path) == before.end()) {
            entries.push_back({DiffKind::added, path, 0, now.size});
        }
    }
    std::ranges::sort(entries, {}, &DiffEntry::path);
    return entries;
}

}  // namespace lifeboat::app
