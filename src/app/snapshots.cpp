#include "app/snapshots.h"

#include <algorithm>
#include <map>

namespace lifeboat::app {
namespace {

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
                            const std::stop_token& stop, const std::string& device_key) {
    std::vector<repository::Snapshot> all;
    const std::vector<SnapshotRow> rows = snapshot_rows(places, stop);
    for (const SnapshotRow& row : rows) all.push_back(row.snapshot);
    FoundSnapshot found;
    found.snapshot = engine::choose_snapshot(all, wanted.empty() ? "latest" : wanted, device_key);
    const auto row = std::ranges::find_if(
        rows, [&](const SnapshotRow& r) { return r.snapshot.id == found.snapshot.id; });
    const auto place = std::ranges::find_if(
        places.places, [&](const engine::Place& p) { return p.name == row->places.front(); });
    found.place = *place;
    return found;
}

std::vector<FoundSnapshot> all_snapshots(const OpenedPlaces& places, const std::stop_token& stop) {
    std::vector<FoundSnapshot> all;
    for (SnapshotRow& row : snapshot_rows(places, stop)) {
        const auto place = std::ranges::find_if(
            places.places, [&](const engine::Place& p) { return p.name == row.places.front(); });
        all.push_back({.snapshot = std::move(row.snapshot), .place = *place});
    }
    return all;
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

std::string_view to_text(repository::ChangeKind kind) {
    switch (kind) {
        case repository::ChangeKind::added:
            return "added";
        case repository::ChangeKind::removed:
            return "removed";
        case repository::ChangeKind::changed:
            return "changed";
        case repository::ChangeKind::touched:
            return "touched";
        case repository::ChangeKind::moved:
            return "moved";
    }
    return "changed";
}

}  // namespace lifeboat::app
