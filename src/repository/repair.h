// Puts a damaged repository right: fetches damaged files from other places, saves what is readable,
// rebuilds the index, and says which files of which snapshots remain lost.
//
// Nothing that can be read is ever given up: new files are durable before an old one goes, and a
// damaged file that may still hold something is set aside under "damaged/", not deleted. It may be
// broken off at any moment; the next run goes on.
#pragma once

#include "repository/repository.h"

namespace lifeboat::repository {

// Where whole copies may be. Of the same repository whole files are taken over; any other one gives
// the blobs that it happens to hold too.
struct RepairSource {
    std::string name{};
    Repository* repository = nullptr;  // outlives the repair
};

struct RepairOptions {
    bool dry_run = false;
    bool read_data = true;  // every byte of every pack; else headers and folders only
    std::vector<RepairSource> sources{};
    // Snapshots with lost files are replaced by ones without these files, and snapshot and key
    // files that nobody can bring back are set aside. The originals go to "damaged/".
    bool leave_out_lost = false;
    std::vector<std::string> tags_added{"repaired"};  // on such a snapshot
    std::vector<std::string> tags_removed{};
};

// One file of the repository that was damaged or missing and is not any more.
struct Mended {
    std::string file{};
    std::string problem{};
    std::string remedy{};  // "fetched from nas"
};

struct RewrittenSnapshot {
    SnapshotId before{};
    std::optional<SnapshotId> after{};  // nothing: not even its root folder was left
};

struct RepairReport {
    std::vector<Mended> mended{};
    std::vector<Damage> remaining{};
    std::vector<AffectedFile> affected{};  // what the remaining damage costs
    std::vector<RewrittenSnapshot> rewritten{};
    std::vector<std::string> hints{};
    std::vector<std::string> set_aside{};  // names below "damaged/"
    uint64_t snapshots = 0, packs = 0, packs_damaged = 0;
    uint64_t packs_taken_in = 0;  // were in no index
    uint64_t blobs_fetched = 0;   // one by one, from other places
    uint64_t blobs_saved = 0;     // out of damaged packs
    uint64_t blobs_lost = 0;      // that a snapshot needs
    uint64_t index_files = 0;     // written
    uint64_t bytes_read = 0, bytes_written = 0;
    bool whole = true;  // no snapshot misses anything now
    bool changed() const { return !mended.empty() || !rewritten.empty() || !set_aside.empty(); }
};

// Takes the exclusive lock, and shared ones on the sources. Throws Locked, and what a place throws
// that does not answer; damage of any kind is in the report.
RepairReport repair(Repository& repository, const RepairOptions& options, EventSink& events,
                    const std::stop_token& stop);

// Opens a place whose config or key files are damaged with the key of another place of the same
// repository, so that it can be repaired. Throws Misuse unless at least one file there proves that
// it is this repository.
std::unique_ptr<Repository> open_for_repair(storage::Backend& backend, Repository& like,
                                            const Options& options, const std::stop_token& stop);

}  // namespace lifeboat::repository
