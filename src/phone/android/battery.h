// `dumpsys battery` as values.
#pragma once

#include "phone/android/parsed.h"

#include <cstdint>
#include <string_view>

namespace lifeboat::phone::android {

struct Battery {
    uint64_t percent = 0;
    bool plugged = false;   // some source of power is there
    bool charging = false;  // and the battery takes it, or is full
    std::optional<int64_t> tenths_celsius{};
    std::optional<std::string> health{};  // "good", "overheat", ...
};

// Unknown also when somebody stopped the phone's updates: then the numbers are made up.
Parsed<Battery> parse_battery(std::string_view text);

}  // namespace lifeboat::phone::android
