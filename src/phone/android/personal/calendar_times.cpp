#include "phone/android/personal/calendar_times.h"

#include "base/text.h"

#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <string_view>

namespace lifeboat::phone::android {
namespace {

using personal::Fields;
using personal::text_of;

constexpr int64_t longest = 4'000'000'000;  // seconds: more than a century

std::optional<int64_t> seconds_of(char unit) {
    switch (unit) {
        case 'W':
            return 604'800;
        case 'D':
            return 86'400;
        case 'H':
            return 3600;
        case 'M':
            return 60;
        case 'S':
            return 1;
        default:
            return std::nullopt;
    }
}

// "P1D", "PT1H30M", also "P3600S", as Android writes them; in seconds.
std::optional<int64_t> parse_duration(std::string_view text) {
    if (!text.starts_with('P')) return std::nullopt;
    int64_t total = 0, number = 0;
    bool digits = false;
    for (const char c : text.substr(1)) {
        if (c == 'T' && !digits) continue;
        if (c >= '0' && c <= '9') {
            number = number * 10 + (c - '0');
            digits = true;
            if (number > longest) return std::nullopt;
            continue;
        }
        const auto unit = seconds_of(c);
        if (!unit || !digits) return std::nullopt;
        if (number > (longest - total) / *unit) return std::nullopt;
        total += number * *unit;
        number = 0;
        digits = false;
    }
    return digits ? std::nullopt : std::optional(total);
}

}  // namespace

Fields with_kept_times(Fields event) {
    const auto start = parse_i64(text_of(event, "dtstart"));
    const auto end = parse_i64(text_of(event, "dtend"));
    const auto length = parse_duration(text_of(event, "duration"));
    const bool repeats = !text_of(event, "rrule").empty() || !text_of(event, "rdate").empty();
    if (!start) return event;
    if (repeats && end && !event.contains("duration") && *end >= *start &&
        *end / 1000 - *start / 1000 <= longest) {
        event["duration"] = fmt::format("P{}S", (*end - *start) / 1000);
        event.erase("dtend");
    } else if (!repeats && length && !event.contains("dtend") &&
               *start <= INT64_MAX - *length * 1000) {
        event["dtend"] = std::to_string(*start + *length * 1000);
        event.erase("duration");
    }
    return event;
}

}  // namespace lifeboat::phone::android
