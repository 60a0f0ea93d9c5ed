#include "plist/xml_date.h"

#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace lifeboat::plist {
namespace {

using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::sys_seconds;
using std::chrono::year;

constexpr sys_days apple_epoch{year{2001} / 1 / 1};
constexpr sys_seconds earliest{sys_days{year{0} / 1 / 1}};
constexpr sys_seconds latest{sys_days{year{9999} / 12 / 31} + seconds{86'399}};

// The number in text[at, at + width), all digits.
std::optional<unsigned> digits(std::string_view text, size_t at, size_t width) {
    const auto number = parse_u64(text.substr(at, width));
    return number ? std::optional(static_cast<unsigned>(*number)) : std::nullopt;
}

}  // namespace

std::string to_xml_date(Date date) {
    const double first = static_cast<double>((earliest - sys_seconds(apple_epoch)).count());
    const double last = static_cast<double>((latest - sys_seconds(apple_epoch)).count());
    const double whole = std::isnan(date.seconds) ? 0 : std::floor(date.seconds);
    const auto since = seconds(static_cast<int64_t>(std::clamp(whole, first, last)));
    const sys_seconds moment = apple_epoch + since;
    const auto day = std::chrono::floor<std::chrono::days>(moment);
    const std::chrono::year_month_day date_part(day);
    const std::chrono::hh_mm_ss time_part(moment - day);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date_part.year()),
                       static_cast<unsigned>(date_part.month()),
                       static_cast<unsigned>(date_part.day()), time_part.hours().count(),
                       time_part.minutes().count(), time_part.seconds().count());
}

std::optional<Date> from_xml_date(std::string_view text) {
    constexpr std::string_view shape = "0000-00-00T00:00:00Z";
    if (text.size() != shape.size()) return std::nullopt;
    for (size_t i = 0; i < shape.size(); ++i) {
        if (shape[i] != '0' && shape[i] != text[i]) return std::nullopt;
    }
    const auto years = digits(text, 0, 4);
    const auto months = digits(text, 5, 2);
    const auto days = digits(text, 8, 2);
    const auto hours = digits(text, 11, 2);
    const auto minutes = digits(text, 14, 2);
    const auto rest = digits(text, 17, 2);
    if (!years || !months || !days || !hours || !minutes || !rest) return std::nullopt;
    const std::chrono::year_month_day day(year(static_cast<int>(*years)),
                                          std::chrono::month(*months), std::chrono::day(*days));
    // Second 60 is a leap second, which the count of seconds does not know: the next one.
    if (!day.ok() || *hours > 23 || *minutes > 59 || *rest > 60) return std::nullopt;
    const auto since = sys_days(day) - apple_epoch + std::chrono::hours(*hours) +
                       std::chrono::minutes(*minutes) + seconds(*rest);
    return Date{static_cast<double>(seconds(since).count())};
}

}  // namespace lifeboat::plist
