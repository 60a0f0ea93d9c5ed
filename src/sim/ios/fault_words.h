// The fault plan by words: how a command line and a control socket name what shall go wrong.
#pragma once

#include "sim/ios/faults.h"

#include <map>
#include <string>
#include <string_view>

namespace lifeboat::sim::ios {

// Sets one field, named as in FaultPlan with "-" for "_": "die-after-files" "150", "purge" "on",
// "fail-files" "CameraRollDomain/Media/DCIM/a.jpg=6", "hostile" "escaping-path". Numbers are
// decimal, times are milliseconds, "off" takes back whatever was set. Throws Misuse with what would
// have been right.
void set_fault(FaultPlan& plan, std::string_view name, std::string_view value);

// What differs from a plan without faults, by the same words.
std::map<std::string, std::string> fault_values(const FaultPlan& plan);

// One line for each field: its name, what it takes, what it does.
std::string fault_help();

}  // namespace lifeboat::sim::ios
