#include "phone/android/find_my.h"

#include "base/text.h"

namespace lifeboat::phone::android {

Parsed<bool> parse_find_my(std::string_view dumpsys_device_policy) {
    constexpr std::string_view admin =
        "com.google.android.gms/.mdm.receivers.MdmDeviceAdminReceiver:";
    bool in_owner = false;
    bool any_list = false;
    for (const auto raw : lines(dumpsys_device_policy)) {
        const auto line = trim(raw);
        if (line.starts_with("Enabled Device Admins (User ")) {
            in_owner = line.starts_with("Enabled Device Admins (User 0,");
            any_list = true;
        }
        if (in_owner && line == admin) return Parsed<bool>::known(true);
    }
    return Parsed<bool>::unknown(any_list ? "this phone's Google services do not tell"
                                          : unknown_form);
}

}  // namespace lifeboat::phone::android
