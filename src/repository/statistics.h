// What a repository and its backups take: counted once over all of them, with the same meaning as
// restic's own figures where both have one.
#pragma once

#include "repository/repository.h"

#include <functional>
#include <string_view>

namespace lifeboat::repository {

// Of one backup, or of several together.
struct ContentFigures {
    uint64_t files = 0, folders = 0, others = 0;
    uint64_t bytes = 0;  // of all files: what each path shows
    // restic stats --mode restore-size: every entry, hard links once for each backup.
    uint64_t restore_entries = 0, restore_bytes = 0;
    // --mode files-by-contents: files that differ in content; everything without content is one.
    uint64_t different_files = 0, different_bytes = 0;
    // --mode blobs-per-file: pieces by path and content; only when asked for.
    uint64_t piece_files = 0, pieces_of_files = 0, piece_bytes = 0;
    // --mode raw-data: each piece once, folders among them.
    uint64_t pieces = 0;
    uint64_t raw_bytes = 0;           // before compression
    uint64_t stored_bytes = 0;        // sealed, as they lie in packs
    uint64_t unreadable_folders = 0;  // damaged: nothing below them is counted
    uint64_t missing_pieces = 0;      // in no index
};

struct SnapshotFigures {
    SnapshotId id{};
    ContentFigures content{};
    // What forgetting it alone would free, at the next prune.
    uint64_t pieces_only_here = 0, stored_bytes_only_here = 0;
};

// Of the place: what lies there, and how much of it is needed.
struct StorageFigures {
    uint64_t packs = 0, pack_bytes = 0;  // files that are there
    uint64_t pieces_indexed = 0;         // copies count
    uint64_t index_files = 0, index_bytes = 0;
    uint64_t index_memory = 0;               // that the index takes while the repository is open
    uint64_t used_bytes = 0;                 // stored bytes that some backup needs
    uint64_t unused_bytes = 0;               // that none needs: prune frees them
    uint64_t duplicate_bytes = 0;            // further copies of needed ones
    uint64_t orphans = 0, orphan_bytes = 0;  // packs in no index: left by runs that were cut off
    uint64_t missing_packs = 0;              // that the index names
    uint64_t parity_files = 0, parity_bytes = 0;
    uint64_t other_bytes = 0;  // keys, snapshots, locks, config
};

struct Statistics {
    std::vector<SnapshotFigures> snapshots{};
    ContentFigures all{};  // of these snapshots together: what they share counts once
    StorageFigures storage{};
};

struct StatisticsOptions {
    bool pieces_per_file = false;  // takes memory for every path
    // Called for every file of every backup: its number among the snapshots, its path, its size.
    std::function<void(size_t, const std::string&, uint64_t)> each_file{};
};

// Reads every folder of `snapshots`. Unused and duplicate bytes are of the whole place, so they are
// right only when `snapshots` are all of it; given fewer, the others are walked as well. Damaged
// folders are counted, not thrown. Holds the shared lock.
Statistics statistics(Repository& repository, const std::vector<Snapshot>& snapshots,
                      const StatisticsOptions& options, EventSink& events,
                      const std::stop_token& stop);

}  // namespace lifeboat::repository
