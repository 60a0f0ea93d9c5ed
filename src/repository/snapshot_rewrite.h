// Changes single fields of a snapshot file and keeps all others as they stand there, those of
// other programs too.
#pragma once

#include "repository/repository.h"

#include <string>
#include <string_view>

namespace lifeboat::repository {

struct SnapshotChange {
    std::optional<BlobId> tree{};
    std::optional<std::vector<std::string>> tags{};
    // Written as `original` unless the snapshot has one: the id it had first, which is how a later
    // copy recognises it.
    std::optional<SnapshotId> original{};
    bool drop_parent = false;
};

// Throws Corrupt when `json` is no snapshot.
std::string rewrite_snapshot(std::string_view json, const SnapshotChange& change);

// What two snapshots of different repositories have in common when one was copied from the other:
// everything but `parent` and `original`. Restic's rule.
struct SnapshotKin {
    std::optional<SnapshotId> original{};
    std::vector<std::string> excludes{};
    uint64_t uid = 0, gid = 0;
    bool operator==(const SnapshotKin&) const = default;
};
SnapshotKin snapshot_kin(std::string_view json);

}  // namespace lifeboat::repository
