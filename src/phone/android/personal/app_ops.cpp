#include "phone/android/personal/app_ops.h"

#include "base/text.h"

#include <algorithm>
#include <array>
#include <map>

namespace lifeboat::phone::android {
namespace {

constexpr std::array<KnownOp, 13> known{{
    {"SYSTEM_ALERT_WINDOW", "default", "show over other apps"},
    {"WRITE_SETTINGS", "default", "change the phone's settings"},
    {"GET_USAGE_STATS", "default", "see how apps are used"},
    {"REQUEST_INSTALL_PACKAGES", "default", "install other apps"},
    {"MANAGE_EXTERNAL_STORAGE", "default", "reach all files"},
    {"MANAGE_MEDIA", "default", "change pictures and films"},
    {"SCHEDULE_EXACT_ALARM", "default", "set exact alarms"},
    {"USE_FULL_SCREEN_INTENT", "default", "fill the screen with a message"},
    {"AUTO_REVOKE_PERMISSIONS_IF_UNUSED", "default", "lose its permissions when unused"},
    {"PICTURE_IN_PICTURE", "allow", "show a picture in the picture"},
    {"RUN_ANY_IN_BACKGROUND", "allow", "run in the background"},
    {"CHANGE_WIFI_STATE", "allow", "switch Wi-Fi"},
    {"POST_NOTIFICATION", "allow", "show notifications"},
}};

using Modes = std::map<std::string, std::string, std::less<>>;

// "CAMERA: allow; time=+2d3h ago", or "Uid mode: CAMERA: ignore": the prefix stands in the first
// line of those of the app's user only. What comes first wins.
Modes modes_of(std::string_view text) {
    constexpr std::string_view prefix = "Uid mode: ";
    constexpr std::string_view middle = ": ";
    Modes modes;
    for (const std::string_view raw : lines(text)) {
        std::string_view line = trim(raw);
        if (line.starts_with(prefix)) line.remove_prefix(prefix.size());
        const size_t at = line.find(middle);
        if (at == std::string_view::npos) continue;
        const std::string_view rest = line.substr(at + middle.size());
        const std::string_view mode = rest.substr(0, rest.find_first_of("; "));
        if (find_known_op(line.substr(0, at)) != nullptr && personal::is_op_mode(mode))
            modes.emplace(line.substr(0, at), mode);
    }
    return modes;
}

}  // namespace

std::span<const KnownOp> known_ops() {
    return known;
}

const KnownOp* find_known_op(std::string_view name) {
    const auto found = std::find_if(known.begin(), known.end(),
                                    [&](const KnownOp& one) { return one.name == name; });
    return found == known.end() ? nullptr : &*found;
}

personal::AppOps parse_app_ops(std::string_view of_package, std::string_view of_user) {
    const Modes by_user = modes_of(of_user);
    personal::AppOps ops;
    for (const auto& [name, mode] : modes_of(of_package)) {
        if (mode != find_known_op(name)->usual && mode != "default")
            ops[name] = {.mode = mode, .of_user = by_user.contains(name)};
    }
    return ops;
}

}  // namespace lifeboat::phone::android
