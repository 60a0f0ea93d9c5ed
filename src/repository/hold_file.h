// The document of a hold as JSON, and its place.
#pragma once

#include "repository/hold.h"
#include "repository/store.h"

namespace lifeboat::repository {

inline constexpr const char* holds_folder = "holds/";

std::string encode_hold(const Hold& hold);
// Of the snapshot only the id is filled in. Throws Corrupt.
Hold decode_hold(std::string_view json);

// The hold and the snapshot in it out of the sealed document. Throws Corrupt, Unsupported.
Hold open_hold(Store& store, const SnapshotId& id, ByteView sealed);

// Opens it and the snapshot in it. Throws Missing; other problems are in the hold.
Hold load_hold(Store& store, const SnapshotId& id, const std::stop_token& stop);
std::vector<Hold> load_holds(Store& store, const std::stop_token& stop);
bool is_held(const Store& store, const SnapshotId& id, const std::stop_token& stop);

}  // namespace lifeboat::repository
