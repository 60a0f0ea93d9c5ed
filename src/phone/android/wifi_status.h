// `cmd wifi status` (Android 11 and newer) and `dumpsys wifi` (older) as values.
#pragma once

#include "phone/android/parsed.h"

#include <cstdint>
#include <string_view>

namespace lifeboat::phone::android {

struct Wifi {
    bool enabled = false;
    bool connected = false;
    std::string ssid{};  // as the phone shows it; empty when not connected or not told
    std::optional<int64_t> signal_dbm{};
};

Parsed<Wifi> parse_wifi_status(std::string_view text);
Parsed<Wifi> parse_dumpsys_wifi(std::string_view text);

}  // namespace lifeboat::phone::android
