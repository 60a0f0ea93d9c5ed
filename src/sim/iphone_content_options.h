// The options of "lifeboat-sim iphone" that say how much is on a new phone.
#pragma once

#include "sim/ios/world/world.h"
#include "sim/options.h"

#include <set>
#include <string>

namespace lifeboat::sim {

// "--photos" and its like, each with a number; "--empty" stands alone and comes first.
std::set<std::string, std::less<>> content_option_names();

ios::WorldOptions content_options(const Options& options);

}  // namespace lifeboat::sim
