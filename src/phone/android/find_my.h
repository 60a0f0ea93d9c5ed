// Google's Find My Device, as far as `dumpsys device_policy` shows it.
#pragma once

#include "phone/android/parsed.h"

#include <string_view>

namespace lifeboat::phone::android {

// True when it is an administrator of the phone, as older Google services make it. Newer ones are
// on without being one: its absence is unknown, never false.
Parsed<bool> parse_find_my(std::string_view dumpsys_device_policy);

}  // namespace lifeboat::phone::android
