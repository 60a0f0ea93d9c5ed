// Steering the simulated phone's side of `adb backup`: who taps, and what its apps hold.
#pragma once

#include "sim/android/device.h"
#include "sim/control_words.h"

namespace lifeboat::sim {

// `what` is the word behind "adb-backup": "allow", "app", ...
nlohmann::json control_adb_backup(Device& device, const std::string& what, Words& words);

}  // namespace lifeboat::sim
