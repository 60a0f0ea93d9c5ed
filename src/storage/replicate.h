// Makes one place hold every file that another one has: how a backup gets into its second place.
#pragma once

#include "base/event.h"
#include "storage/backend.h"

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>

namespace lifeboat::storage {

struct ReplicateOptions {
    EventSink& events;
    std::string place{};   // named in events
    unsigned workers = 2;  // files under way at once, each in memory while it is
    // Told of each file that is in `to` now, with its bytes, whose hash was right; from several
    // threads at once. What it throws ends the copying.
    std::function<void(const std::string& name, ByteView content, const std::stop_token& stop)>
        copied{};
};

struct ReplicateReport {
    uint64_t files_copied = 0;
    uint64_t bytes_copied = 0;
    uint64_t files_present = 0;  // were there already
    uint64_t bytes_present = 0;
    bool operator==(const ReplicateReport&) const = default;
};

// Both places must hold the same repository (equal config). Copies, by name, what `to` lacks or has
// in another size: keys, then packs, then indexes, then snapshots, so that `to` never refers to
// what it does not have; locks stay where they are and nothing is deleted. Every file is copied
// only if its bytes match its name; one that does not is Corrupt, and nothing that may build on it
// (index, snapshots) goes over. Harmless to repeat and to break off, and may run in both directions
// one after the other. Throws Missing (no repository in one of them), Misuse (two different ones),
// NoSpace (before the start when the place can tell), Corrupt, and what the backends throw.
ReplicateReport replicate(const Backend& from, Backend& to, const ReplicateOptions& options,
                          const std::stop_token& stop);

}  // namespace lifeboat::storage
