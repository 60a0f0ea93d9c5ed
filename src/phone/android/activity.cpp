#include "phone/android/activity.h"

#include "base/text.h"

namespace lifeboat::phone::android {

// "mCallState=0" of each SIM: 0 idle, 1 ringing, 2 in a call. Below the state comes a log of the
// past with the same words.
Parsed<bool> parse_in_call(std::string_view dumpsys_telephony_registry) {
    constexpr std::string_view key = "mCallState=";
    std::optional<bool> in_call;
    for (const auto raw : lines(dumpsys_telephony_registry)) {
        const auto line = trim(raw);
        if (line == "local logs:") break;
        if (!line.starts_with(key)) continue;
        const auto state = line.substr(key.size());
        if (state != "0" && state != "1" && state != "2")
            return Parsed<bool>::unknown(unknown_form);
        in_call = in_call.value_or(false) || state != "0";
    }
    return in_call ? Parsed<bool>::known(*in_call) : Parsed<bool>::unknown(unknown_form);
}

// "Active Camera Clients:", then "[" and a client a line, or "[]".
Parsed<bool> parse_camera_in_use(std::string_view dumpsys_media_camera) {
    bool in_list = false;
    for (const auto raw : lines(dumpsys_media_camera)) {
        const auto line = trim(raw);
        if (in_list) {
            if (line == "[") continue;
            if (line == "[]" || line == "]") return Parsed<bool>::known(false);
            if (line.starts_with("(Camera ID: ") || line.starts_with("[(Camera ID: "))
                return Parsed<bool>::known(true);
            break;
        }
        in_list = line == "Active Camera Clients:";
    }
    return Parsed<bool>::unknown(unknown_form);
}

// "riid 23; active? true" between the heading of the monitor and its log.
Parsed<bool> parse_recording(std::string_view dumpsys_audio) {
    bool in_monitor = false;
    bool recording = false;
    for (const auto raw : lines(dumpsys_audio)) {
        const auto line = trim(raw);
        if (line.starts_with("RecordActivityMonitor dump time:")) in_monitor = true;
        if (!in_monitor) continue;
        if (line.starts_with("Events log:")) return Parsed<bool>::known(recording);
        if (line.starts_with("riid ") && line.ends_with("; active? true")) recording = true;
    }
    return Parsed<bool>::unknown(unknown_form);
}

}  // namespace lifeboat::phone::android
