// Apps whose data an iPhone's backup may not hold, or not bring to another phone: authenticators
// and messengers, by their bundle ids.
#pragma once

#include <set>
#include <string>

namespace lifeboat::phone::ios {

// Those of `installed` that are known, parted by commas.
std::string installed_messengers(const std::set<std::string>& installed);
std::string installed_authenticators(const std::set<std::string>& installed);

}  // namespace lifeboat::phone::ios
