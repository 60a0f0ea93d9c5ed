// How the phone is locked: `dumpsys trust`, `dumpsys lock_settings`.
#pragma once

#include "phone/android/parsed.h"

#include <string_view>

namespace lifeboat::phone::android {

// True while the screen of the person in front of it is locked.
Parsed<bool> parse_device_locked(std::string_view dumpsys_trust);

// "NONE", "PATTERN", "PIN", "PASSWORD".
Parsed<std::string> parse_credential_type(std::string_view dumpsys_lock_settings);

}  // namespace lifeboat::phone::android
