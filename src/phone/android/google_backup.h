// Android's own backup as values: `bmgr enabled`, `bmgr list transports`, `dumpsys backup`. What it
// stored in a cloud nobody can read back: these say only that it is on, and when it was at work.
#pragma once

#include "base/time.h"
#include "phone/android/parsed.h"

#include <cstdint>
#include <string_view>

namespace lifeboat::phone::android {

// `output` and `errors` of `bmgr enabled`.
Parsed<bool> parse_backup_enabled(std::string_view output, std::string_view errors);

// Where backups go: "google", "device" (straight to another phone), "local" (they stay on this
// phone), "other", "none".
Parsed<std::string> parse_backup_transport(std::string_view list_transports);

// Each part stands alone, as far as the text reaches. The account itself is not kept.
struct BackupService {
    // Unknown too when there was none since the phone started: that is not "never".
    Parsed<TimePoint> last_pass{};
    Parsed<bool> has_account{};  // the transport in use knows where to store
    Parsed<uint64_t> apps_ever{};
    Parsed<TimePoint> newest_full{};  // of the app that was backed up whole last
};

BackupService parse_backup_service(std::string_view dumpsys_backup);

}  // namespace lifeboat::phone::android
