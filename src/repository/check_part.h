// Checks of a part of a repository: one snapshot and what it needs, or a rolling sample that has
// read everything after enough runs.
#pragma once

#include "repository/repository.h"

namespace lifeboat::repository {

struct CheckPart {
    // Only this snapshot, the folders below it and the packs that it needs; nothing: all.
    std::optional<SnapshotId> snapshot{};
    // Every byte of the packs in question; else their presence and size.
    bool read_data = false;
    // With read_data: of these packs, as many as hold this share of their bytes (0.05 is a
    // twentieth; 0 is all), in the order of their names from the one behind `after` on, round and
    // round. So after 1 / share runs each has been read, and none twice before all were.
    double share = 0;
    std::optional<PackId> after{};
};

struct CheckPartReport {
    CheckReport check{};
    uint64_t packs_read = 0;
    std::optional<PackId> last{};  // `after` of the next run
};

// Otherwise as Repository::check(). Throws Missing when there is no such snapshot.
CheckPartReport check_part(Repository& repository, const CheckPart& part, EventSink& events,
                           const std::stop_token& stop);

}  // namespace lifeboat::repository
