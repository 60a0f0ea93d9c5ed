// Backups across places: the same backup in several places is one row.
#pragma once

#include "app/wiring.h"
#include "engine/diff.h"

#include <string>
#include <vector>

namespace lifeboat::app {

struct SnapshotRow {
    repository::Snapshot snapshot{};
    std::vector<std::string> places{};
};

// All places that opened, newest last.
std::vector<SnapshotRow> snapshot_rows(const OpenedPlaces& places, const std::stop_token& stop);

// A backup and a place that holds it.
struct FoundSnapshot {
    repository::Snapshot snapshot{};
    engine::Place place{};
};

// `wanted` as engine::choose_snapshot takes it; "" is "latest", of the phone with this key or, when
// that is empty, of any. Throws Missing, Misuse.
FoundSnapshot find_snapshot(const OpenedPlaces& places, const std::string& wanted,
                            const std::stop_token& stop, const std::string& device_key = {});

// Every backup with the first place that holds it, newest last.
std::vector<FoundSnapshot> all_snapshots(const OpenedPlaces& places, const std::stop_token& stop);

// The state of a backup from its tags: "complete", "partial", "interrupted", "foreign" (made by
// another program).
std::string_view snapshot_state(const repository::Snapshot& snapshot);
// The device key from the tags; empty when there is none.
std::string snapshot_phone(const repository::Snapshot& snapshot);

std::string_view to_text(repository::ChangeKind kind);

}  // namespace lifeboat::app
