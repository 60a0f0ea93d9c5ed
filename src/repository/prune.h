// What tidying a repository is asked to do and what it did: data that no snapshot needs goes, and
// packs that are half empty are written anew.
#pragma once

#include <cstdint>
#include <optional>

namespace lifeboat::repository {

// How many bytes that nobody needs may stay in packs that are also needed. A little slack saves
// much copying: getting the last percent out would mean to write nearly every pack anew.
struct UnusedLimit {
    double percent = 5;               // of what the packs then hold
    std::optional<uint64_t> bytes{};  // instead; UINT64_MAX: any amount

    // Beside this many needed bytes.
    uint64_t beside(uint64_t used) const;
};

struct PruneOptions {
    UnusedLimit max_unused{};
    uint64_t max_repack_size = UINT64_MAX;  // bytes to copy in one run; the next run goes on
    bool dry_run = false;                   // all but the changes
};

// Bytes are those of pack files: sealed blobs, their entries in the headers, and the headers.
struct PruneReport {
    bool dry_run = false;  // what follows would be done
    uint64_t packs_before = 0, bytes_before = 0;
    uint64_t packs_removed = 0;    // nothing in them was needed
    uint64_t packs_rewritten = 0;  // what was needed of them was copied
    uint64_t packs_unindexed = 0;  // left by something that was cut off; in none of the others
    uint64_t bytes_unindexed = 0;
    uint64_t blobs_kept = 0, blobs_removed = 0;
    uint64_t bytes_kept = 0;         // needed
    uint64_t bytes_duplicate = 0;    // further copies of needed blobs
    uint64_t bytes_rewritten = 0;    // copied into new packs
    uint64_t packs_written = 0;      // not known before it is done
    uint64_t bytes_freed = 0;        // packs that go less what is copied
    uint64_t bytes_unused_left = 0;  // not needed, but left in packs that stay
    uint64_t index_files_removed = 0, index_files_written = 0;
    uint64_t parity_files_removed = 0;
    uint64_t bytes_leftover = 0;  // of temporary files that writers left behind
    bool short_of_space = false;  // less was rewritten than wanted: the copies would not fit
};

}  // namespace lifeboat::repository
