#include "base/time.h"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>

namespace lifeboat {

namespace {

namespace ch = std::chrono;

// Reads exactly `digits` decimal digits at `at` and moves behind them.
std::optional<int> number(std::string_view text, size_t& at, size_t digits) {
    if (at + digits > text.size()) return std::nullopt;
    int value = 0;
    for (size_t i = 0; i < digits; ++i) {
        const char c = text[at + i];
        if (c < '0' || c > '9') return std::nullopt;
        value = value * 10 + (c - '0');
    }
    at += digits;
    return value;
}

bool expect(std::string_view text, size_t& at, std::string_view any_of) {
    if (at >= text.size() || any_of.find(text[at]) == std::string_view::npos) return false;
    ++at;
    return true;
}

std::optional<nanoseconds> fraction(std::string_view text, size_t& at) {
    if (at >= text.size() || text[at] != '.') return nanoseconds{0};
    ++at;
    int64_t value = 0;
    size_t digits = 0;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, ++digits) {
        if (digits < 9) value = value * 10 + (text[at] - '0');
    }
    if (digits == 0) return std::nullopt;
    for (size_t i = digits; i < 9; ++i) value *= 10;
    return nanoseconds{value};
}

std::optional<ch::minutes> zone(std::string_view text, size_t& at) {
    if (at >= text.size()) return std::nullopt;
    const char sign = text[at++];
    if (sign == 'Z' || sign == 'z') return ch::minutes{0};
    if (sign != '+' && sign != '-') return std::nullopt;
    const auto hours = number(text, at, 2);
    if (!hours || !expect(text, at, ":")) return std::nullopt;
    const auto minutes = number(text, at, 2);
    if (!minutes || *hours > 23 || *minutes > 59) return std::nullopt;
    const int offset = *hours * 60 + *minutes;
    return ch::minutes{sign == '-' ? -offset : offset};
}

struct Fields {
    int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
};

std::optional<Fields> fields(std::string_view text, size_t& at) {
    const auto year = number(text, at, 4);
    if (!year || !expect(text, at, "-")) return std::nullopt;
    const auto month = number(text, at, 2);
    if (!month || !expect(text, at, "-")) return std::nullopt;
    const auto day = number(text, at, 2);
    if (!day || !expect(text, at, "Tt ")) return std::nullopt;
    const auto hour = number(text, at, 2);
    if (!hour || !expect(text, at, ":")) return std::nullopt;
    const auto minute = number(text, at, 2);
    if (!minute || !expect(text, at, ":")) return std::nullopt;
    const auto second = number(text, at, 2);
    if (!second || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
    return Fields{*year, *month, *day, *hour, *minute, *second};
}

ch::year_month_day date_of(const Fields& f) {
    return ch::year{f.year} / ch::month{static_cast<unsigned>(f.month)} /
           ch::day{static_cast<unsigned>(f.day)};
}

}  // namespace

// A restic time may have a year outside what 64 bits of nanoseconds hold (1677..2262): it is
// clamped to that.
std::optional<TimePoint> from_rfc3339(std::string_view text) {
    size_t at = 0;
    const auto f = fields(text, at);
    if (!f) return std::nullopt;
    const auto part = fraction(text, at);
    if (!part) return std::nullopt;
    const auto offset = zone(text, at);
    if (!offset || at != text.size() || !date_of(*f).ok()) return std::nullopt;
    const ch::sys_seconds seconds = ch::sys_days{date_of(*f)} + ch::hours{f->hour} +
                                    ch::minutes{f->minute} + ch::seconds{f->second} - *offset;
    constexpr auto limit = ch::duration_cast<ch::seconds>(nanoseconds::max()) - ch::seconds{1};
    return TimePoint{std::clamp(seconds.time_since_epoch(), -limit, limit)} + *part;
}

std::chrono::minutes zone_of_rfc3339(std::string_view text) {
    constexpr size_t zone_size = 6;  // "+09:00"; "Z" is the other way to end
    if (!from_rfc3339(text) || text.back() == 'Z' || text.back() == 'z') return ch::minutes{0};
    size_t at = text.size() - zone_size;
    return zone(text, at).value_or(ch::minutes{0});
}

std::string to_rfc3339(TimePoint time) {
    const auto seconds = ch::floor<ch::seconds>(time);
    const auto days = ch::floor<ch::days>(seconds);
    const ch::year_month_day date{days};
    const ch::hh_mm_ss clock{seconds - days};
    std::string text =
        fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", std::clamp(int(date.year()), 0, 9999),
                    unsigned(date.month()), unsigned(date.day()), clock.hours().count(),
                    clock.minutes().count(), clock.seconds().count());
    // Not time - seconds: a second that begins before the first instant has no nanoseconds.
    constexpr int64_t second = 1'000'000'000;
    const int64_t part = (time.time_since_epoch().count() % second + second) % second;
    if (part != 0) {
        std::string digits = fmt::format("{:09}", part);
        digits.erase(digits.find_last_not_of('0') + 1);
        text += "." + digits;
    }
    return text + "Z";
}

std::string to_clock_time(TimePoint time) {
    const std::time_t seconds = ch::floor<ch::seconds>(time).time_since_epoch().count();
    std::tm local{};
    localtime_r(&seconds, &local);
    return fmt::format("{:02}:{:02}", local.tm_hour, local.tm_min);
}

}  // namespace lifeboat
