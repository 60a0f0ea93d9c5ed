// Steering a simulated iPhone while it runs: words in, one line of JSON out.
#pragma once

#include "sim/iphone.h"

#include <string>
#include <string_view>
#include <vector>

namespace lifeboat::sim {

// As run_control() for an Android phone: always one object, {"ok":true,...} or
// {"ok":false,"error":"..."}. One command at a time; the phone was started.
std::string run_iphone_control(Iphone& phone, const std::vector<std::string>& words);

// The list of commands, for --help.
std::string_view iphone_control_help();

}  // namespace lifeboat::sim
