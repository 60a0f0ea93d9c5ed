// Which of the store's apps are on the simulated iPhone: all at first; the person removes some, a
// restore installs those of its list again.
#pragma once

#include "sim/ios/apps.h"
#include "sim/ios/device.h"

#include <string>
#include <vector>

namespace lifeboat::sim::ios {

// In the order of apps().
std::vector<App> installed_apps(const Device& device);

// With what it has stored, as on a phone. False when it is not installed, or belongs to the system.
bool remove_app(Device& device, const std::string& bundle);

// False when the store does not have it.
bool install_app(Device& device, const std::string& bundle);

}  // namespace lifeboat::sim::ios
