// Calendars as iCalendar files (RFC 5545), for other programs.
#pragma once

#include "personal/calendar.h"

#include <string>
#include <string_view>

namespace lifeboat::personal {

// One file with all events. Recurring events keep their zone (a VTIMEZONE each) where this computer
// knows it; every other time is in UTC. The same calendar gives the same bytes.
std::string icalendar(const Calendar& calendar);

// A content line: folded after 75 bytes, never inside a character, with its CRLF.
std::string folded_line(std::string_view line);
// A value of type TEXT.
std::string icalendar_text(std::string_view text);

}  // namespace lifeboat::personal
