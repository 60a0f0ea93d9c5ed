// `dumpsys connectivity` as values: what the phone's default network can do.
#pragma once

#include "phone/android/parsed.h"

#include <string>
#include <string_view>

namespace lifeboat::phone::android {

struct DefaultNetwork {
    bool there = false;
    bool metered = true;
    bool validated = false;
    std::string transport{};  // "WIFI", "CELLULAR"
};

Parsed<DefaultNetwork> parse_connectivity(std::string_view text);

}  // namespace lifeboat::phone::android
