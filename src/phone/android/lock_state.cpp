#include "phone/android/lock_state.h"

#include "base/text.h"

#include <algorithm>
#include <array>

namespace lifeboat::phone::android {

Parsed<bool> parse_device_locked(std::string_view dumpsys_trust) {
    constexpr std::string_view key = "deviceLocked=";
    for (const auto line : lines(dumpsys_trust)) {
        // A user's name stands in quotes before the flags and may hold anything.
        if (line.find("(current)") == std::string_view::npos) continue;
        const size_t at = line.rfind(key);
        if (at == std::string_view::npos) continue;
        const auto value = line.substr(at + key.size(), 1);
        if (value == "1" || value == "0") return Parsed<bool>::known(value == "1");
    }
    return Parsed<bool>::unknown(unknown_form);
}

Parsed<std::string> parse_credential_type(std::string_view dumpsys_lock_settings) {
    constexpr std::string_view key = "CredentialType: ";
    constexpr std::array<std::string_view, 4> known{"NONE", "PATTERN", "PIN", "PASSWORD"};
    for (const auto raw : lines(dumpsys_lock_settings)) {
        const auto line = trim(raw);
        if (!line.starts_with(key)) continue;
        const auto type = line.substr(key.size());
        if (std::find(known.begin(), known.end(), type) == known.end()) break;
        return Parsed<std::string>::known(std::string(type));
    }
    return Parsed<std::string>::unknown(unknown_form);
}

}  // namespace lifeboat::phone::android
