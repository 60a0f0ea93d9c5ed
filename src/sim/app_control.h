// Steers the apps of a simulated Android phone: updated by a store, removed, listed; and its root.
#pragma once

#include "sim/android_phone.h"
#include "sim/control_words.h"

#include <nlohmann/json_fwd.hpp>

namespace lifeboat::sim {

// "apps remove org.x", "apps update org.x 12", "apps list", "apps root on", "apps hang-up TEXT"...
// without the first word.
nlohmann::json run_app_control(AndroidPhone& phone, Words& words);

// For --help.
std::string_view app_control_help();

}  // namespace lifeboat::sim
