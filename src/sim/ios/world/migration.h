// What a new iOS does to the databases of a phone: it adds tables and columns and moves files, and
// keeps the rows. So nothing is byte for byte what it was.
#pragma once

#include "sim/ios/world/place.h"

namespace lifeboat::sim::ios {

// What the makers make is what this version has.
inline constexpr int oldest_major = 14;

// Every step behind `from` up to `to`; none when the version does not rise. Databases that the
// phone does not have are passed over.
void migrate(const Place& place, int from, int to);

}  // namespace lifeboat::sim::ios
