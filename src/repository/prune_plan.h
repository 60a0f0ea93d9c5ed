// What to do with each pack, from what it holds: pure, so that every rule can be tested alone.
#pragma once

#include "repository/entry_bits.h"
#include "repository/index.h"
#include "repository/prune.h"

#include <vector>

namespace lifeboat::repository {

// A pack as the index and the place tell it. Bytes count a blob's sealed box and its entry in the
// pack's header.
struct PackFacts {
    bool usable = true;  // the file is there and has the size that the index implies
    size_t first_entry = 0, entries = 0;  // its numbers in the index
    uint64_t size = 0;                    // of the file
    uint64_t kept_blobs = 0, kept_bytes = 0;
    uint64_t spare_blobs = 0, spare_bytes = 0;  // needed by nobody, or there is a better copy
    uint64_t duplicate_bytes = 0;               // that part of spare_bytes
    bool has_data = false, has_trees = false;
    bool has_bare_trees = false;  // kept ones that are not compressed

    // As if nothing had been counted.
    void forget_counts() {
        *this = {.usable = usable, .first_entry = first_entry, .entries = entries, .size = size};
    }
    bool mixed() const { return has_data && has_trees; }
};

enum class PackFate : uint8_t { keep, remove, rewrite };

struct PrunePlan {
    std::vector<PackFate> fates{};  // by the pack's number in the index
    uint64_t bytes_to_rewrite = 0;
    uint64_t bytes_unused_left = 0;
};

// The index's packs with their entries and sizes; all usable.
std::vector<PackFacts> list_packs(const Index& index);

// Sets of entries of the index.
struct EntrySets {
    explicit EntrySets(size_t entries)
        : used(entries), broken(entries), several(entries), kept(entries) {}

    EntryBits used;     // the first entry of each needed blob
    EntryBits broken;   // copies that were read and are damaged
    EntryBits several;  // of those in used: there are more copies
    EntryBits kept;     // the copy of each needed blob that stays
};

// Decides which copy of each needed blob stays, from `used` and `broken`, and counts what each pack
// then holds (anew, when it is asked again). Returns the needed blobs of which no usable pack has a
// whole copy, a few of them at most.
std::vector<BlobId> choose_copies(const Index& index, std::vector<PackFacts>& packs,
                                  EntrySets& sets);

// `packs` as choose_copies() left them.
PrunePlan plan_prune(const std::vector<PackFacts>& packs, const PruneOptions& options);

}  // namespace lifeboat::repository
