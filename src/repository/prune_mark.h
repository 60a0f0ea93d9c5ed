// Finds every blob that backups need, by walking their trees.
#pragma once

#include "repository/entry_bits.h"
#include "repository/store.h"

#include <functional>

namespace lifeboat::repository {

// Where a walk starts, and what to call it when something below it is wrong.
struct MarkRoot {
    BlobId tree{};
    std::string name{};  // "backup 4bba301e"
};

// Sets the bit of the first index entry of every blob that the trees below `roots` need.
// `each_root` hears when a root is done with, from any thread. The store's index must not change
// meanwhile. Throws Corrupt when a tree cannot be read or a blob is in no index: then nobody knows
// what is needed.
void mark_used(Store& store, const std::vector<MarkRoot>& roots, EntryBits& used,
               const std::function<void()>& each_root, const std::stop_token& stop);

}  // namespace lifeboat::repository
