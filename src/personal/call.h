// A telephone call as a phone's log keeps it.
#pragma once

#include "personal/collection.h"
#include "personal/fields.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lifeboat::personal {

// By the names of Android's call log (CallLog.Calls): number, presentation (1 shown, 2 withheld,
// 3 unknown, 4 payphone), date (milliseconds since 1970), duration (seconds), type (1 in, 2 out,
// 3 missed, 4 voicemail, 5 rejected, 6 blocked, 7 answered elsewhere), name (as it was at the
// time), subscription_id, post_dial_digits and others. Ids of rows are not among them.
struct Call {
    Fields fields{};
    bool operator==(const Call&) const = default;
};

// The same call on another phone: who, when, which way. The name is the phone's own memory of the
// contacts and comes and goes: it is not in the digest.
Record record_of(const Call& call);

// calls.jsonl. `decode_calls` throws Corrupt naming the line, Unsupported for another version.
std::string encode_calls(std::span<const Call> calls);
std::vector<Call> decode_calls(std::string_view text);

// The XML of the app "SMS Backup & Restore": other programs read it.
std::string calls_xml(std::span<const Call> calls);

}  // namespace lifeboat::personal
