// Who writes on the phone just now: a call, a camera, a recording (`dumpsys telephony.registry`,
// `media.camera`, `audio`).
#pragma once

#include "phone/android/parsed.h"

#include <string_view>

namespace lifeboat::phone::android {

// Ringing counts.
Parsed<bool> parse_in_call(std::string_view dumpsys_telephony_registry);
Parsed<bool> parse_camera_in_use(std::string_view dumpsys_media_camera);
// From Android 10 on.
Parsed<bool> parse_recording(std::string_view dumpsys_audio);

}  // namespace lifeboat::phone::android
