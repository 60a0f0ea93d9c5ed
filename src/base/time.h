// Instants, and the only two places where they become text and text becomes them (RFC 3339).
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace lifeboat {

using std::chrono::nanoseconds;
using TimePoint = std::chrono::sys_time<nanoseconds>;

// "2026-11-25T10:12:00.5Z": UTC, trailing zeros of the fraction removed. Years are clamped to
// 0..9999.
std::string to_rfc3339(TimePoint time);

// Reads any zone and up to nine digits of fraction; nothing when the text is not an instant.
std::optional<TimePoint> from_rfc3339(std::string_view text);

// How far ahead of UTC the clock was that such a text was read from; 0 when it is no instant.
std::chrono::minutes zone_of_rfc3339(std::string_view text);

// "10:12" in the zone of this machine: for sentences people read.
std::string to_clock_time(TimePoint time);

}  // namespace lifeboat
