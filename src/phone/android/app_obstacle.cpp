#include "phone/android/app_obstacle.h"

#include "base/text.h"
#include "phone/android/adb_backup.h"
#include "phone/android/personal/package_dump.h"
#include "phone/android/shell.h"

namespace lifeboat::phone::android {
namespace {

// From Android 12 on apps made for it are kept out of `adb backup` and `adb restore`.
constexpr uint32_t android_12 = 31;

}  // namespace

AppObstacle obstacle_in(std::string_view dump, const std::string& app, uint64_t version_code,
                        uint32_t sdk) {
    personal::App there{.package = app};
    if (!read_package_dump(dump, there)) return AppObstacle::not_installed;
    // Its agent takes messages whatever the rules for apps are.
    if (app == telephony_package) return AppObstacle::none;
    const auto flags = parse_package_flags(dump, app);
    if (flags && !flags->contains("ALLOW_BACKUP")) return AppObstacle::allows_nothing;
    if (flags && sdk >= android_12 && there.target_sdk >= android_12 &&
        !flags->contains("DEBUGGABLE")) {
        return AppObstacle::refused_by_phone;
    }
    const bool takes_any = flags && flags->contains("RESTORE_ANY_VERSION");
    const bool is_older = there.version_code != 0 && there.version_code < version_code;
    return is_older && !takes_any ? AppObstacle::older : AppObstacle::none;
}

AppObstacle obstacle_on(const PhoneLink& link, const std::string& app, uint64_t version_code,
                        const std::stop_token& stop) {
    if (!personal::is_package_name(app)) return AppObstacle::not_installed;
    Shell shell(link.server, link.serial);
    const auto sdk = shell.run({.text = "getprop ro.build.version.sdk"}, stop);
    const auto dump = shell.run({.text = "dumpsys package " + app}, stop);
    return obstacle_in(dump.output, app, version_code,
                       static_cast<uint32_t>(parse_u64(trim(sdk.output)).value_or(0)));
}

}  // namespace lifeboat::phone::android
