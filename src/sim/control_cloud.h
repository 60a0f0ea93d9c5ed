// Steering what a simulated Android phone does with clouds, and who uses it just now.
#pragma once

#include "sim/android_phone.h"
#include "sim/control_words.h"

#include <string_view>

namespace lifeboat::sim {

using CloudCommand = nlohmann::json (*)(AndroidPhone& phone, Words& words);

// Null when it is no command of this kind.
CloudCommand cloud_command(std::string_view name);

// Its lines of --help.
std::string_view cloud_control_help();

}  // namespace lifeboat::sim
