// Copies snapshots into another repository (other key, other packs) without cutting or compressing
// anything anew: what the target has is passed over, the rest is opened, checked and sealed again.
//
// The copy names its original as restic's `copy` does, so that neither program copies it twice.
#pragma once

#include "repository/repository.h"

namespace lifeboat::repository {

struct CopyOptions {
    std::vector<SnapshotId> snapshots{};  // of the source; empty: all
    bool dry_run = false;
};

struct CopiedSnapshot {
    SnapshotId from{};
    std::optional<SnapshotId> to{};  // nothing on a dry run
    bool was_there = false;          // an earlier copy, or the same snapshot
};

struct CopyReport {
    std::vector<CopiedSnapshot> snapshots{};
    // Snapshots that could not be copied, and why: damage in the source.
    std::vector<std::pair<SnapshotId, std::string>> failed{};
    uint64_t blobs_copied = 0, blobs_present = 0;
    uint64_t bytes_read = 0, bytes_written = 0;
    bool complete() const { return failed.empty(); }
};

// Takes shared locks in both. Broken off it leaves whole packs and their index: the next run copies
// only what is missing. Throws Misuse when both are the same repository (then its places are
// brought level file by file, see storage/replicate.h), Missing for a snapshot that is not there,
// Unsupported for a target of format version 1.
CopyReport copy_snapshots(Repository& from, Repository& to, const CopyOptions& options,
                          EventSink& events, const std::stop_token& stop);

}  // namespace lifeboat::repository
