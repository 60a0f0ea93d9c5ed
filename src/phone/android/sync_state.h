// `dumpsys content` as values: which data each account syncs, and when that last worked.
//
// The phone prints a table of padded columns for each account. Its dates are wall clock times
// without a zone; the header tells the phone's own time in the same form, and what that is ahead of
// UTC is the zone.
#pragma once

#include "base/time.h"
#include "phone/android/parsed.h"

#include <cstdint>
#include <string_view>
#include <vector>

namespace lifeboat::phone::android {

struct SyncAuthority {
    std::string account{};
    std::string account_type{};
    std::string authority{};  // its last 50 characters: "com.android.contacts"
    bool syncable = false;    // the account has such data at all
    bool enabled = false;
    bool pending = false;  // changes wait to be sent
    bool ever_succeeded = false;
    bool failing = false;  // it failed since it last succeeded
    bool backing_off = false;
    std::string failure{};                    // the phone's own words
    std::optional<TimePoint> succeeded_at{};  // none where the zone is not known
    std::optional<TimePoint> failed_at{};
};

// Each part stands alone: a text that is cut off still tells what it holds.
struct SyncState {
    Parsed<bool> master{};  // "Auto sync" of user 0
    Parsed<uint64_t> pending{};
    Parsed<std::vector<SyncAuthority>> authorities{};
};

// `now` is the phone's own `date +%s`, asked together with the text; nothing: the dates stay
// unknown.
SyncState parse_sync_state(std::string_view dumpsys_content, std::optional<int64_t> now);

// "ok", "off", "failed", "pending", "never" or "not_syncable".
std::string_view state_word(const SyncAuthority& authority);

}  // namespace lifeboat::phone::android
