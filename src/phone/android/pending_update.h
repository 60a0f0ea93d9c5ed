// An update that waits on the phone, as `dumpsys device_policy` tells it. Only phones whose updater
// reports it say so (Pixels, and others with Google's updater): silence means nothing.
#pragma once

#include "base/time.h"
#include "phone/android/parsed.h"

#include <string_view>

namespace lifeboat::phone::android {

struct PendingUpdate {
    TimePoint received{};
    std::optional<bool> is_security_patch{};  // none: the phone does not know either
};

Parsed<PendingUpdate> parse_pending_update(std::string_view dumpsys_device_policy);

}  // namespace lifeboat::phone::android
