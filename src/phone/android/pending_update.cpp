#include "phone/android/pending_update.h"

#include "base/text.h"

namespace lifeboat::phone::android {

// "Pending System Update: SystemUpdateInfo (receivedTime = 1740000000000, securityPatchState =
// true)"
Parsed<PendingUpdate> parse_pending_update(std::string_view dumpsys_device_policy) {
    using Answer = Parsed<PendingUpdate>;
    constexpr std::string_view key = "Pending System Update: SystemUpdateInfo (receivedTime = ";
    constexpr std::string_view patch = ", securityPatchState = ";
    constexpr uint64_t latest_ms = 7'258'118'400'000;
    for (const auto raw : lines(dumpsys_device_policy)) {
        auto line = trim(raw);
        if (!line.starts_with(key)) continue;
        line = line.substr(key.size());
        const size_t comma = line.find(patch);
        const auto ms = parse_u64(line.substr(0, comma));
        if (comma == std::string_view::npos || !ms || *ms > latest_ms || !line.ends_with(')'))
            return Answer::unknown(unknown_form);
        const auto state =
            line.substr(comma + patch.size(), line.size() - comma - patch.size() - 1);
        PendingUpdate update{.received = TimePoint{std::chrono::milliseconds(*ms)}};
        if (state == "true" || state == "false") update.is_security_patch = state == "true";
        return Answer::known(update);
    }
    return Answer::unknown("the phone reports none; many phones never do");
}

}  // namespace lifeboat::phone::android
