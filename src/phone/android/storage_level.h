// `dumpsys devicestoragemonitor`: whether the phone itself finds that its storage runs out.
#pragma once

#include "phone/android/parsed.h"

#include <string_view>

namespace lifeboat::phone::android {

// "normal", "low" or "full": of the storage that apps and updates use.
Parsed<std::string> parse_storage_level(std::string_view dumpsys_devicestoragemonitor);

}  // namespace lifeboat::phone::android
