// Calendars and their events, as a phone keeps them.
#pragma once

#include "personal/collection.h"
#include "personal/fields.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lifeboat::personal {

// All by the names of Android's tables (CalendarContract). Times are milliseconds since 1970.
struct Event {
    // title, eventLocation, description, dtstart, dtend or duration, eventTimezone,
    // eventEndTimezone, allDay, rrule, rdate, exrule, exdate, originalInstanceTime, availability,
    // accessLevel, eventStatus, organizer, uid2445 and others
    Fields fields{};
    // Of an event that stands in for one time of a recurring one: that one's place among the events
    // of the same calendar.
    std::optional<size_t> exception_of{};
    std::vector<Fields> reminders{};  // minutes, method
    std::vector<Fields> attendees{};  // attendeeName, attendeeEmail, attendeeStatus, ...
    std::vector<Fields> extended{};   // name, value
    bool operator==(const Event&) const = default;
};

struct Calendar {
    // name, calendar_displayName, account_name, account_type, calendar_color, ownerAccount,
    // calendar_timezone, visible, sync_events, calendar_access_level
    Fields fields{};
    std::vector<Event> events{};
    bool operator==(const Calendar&) const = default;
};

// What people call it.
const std::string& name_of(const Calendar& calendar);
// Kept on the phone itself, in no account.
bool is_local(const Calendar& calendar);

// By calendar and title, so that an event that was moved is a change and no other event. Which
// account the calendar belongs to is no part of it.
Record record_of(const Calendar& calendar, const Event& event);

// calendar.jsonl: each calendar, then its events. The errors of decode_calls.
std::string encode_calendars(std::span<const Calendar> calendars);
std::vector<Calendar> decode_calendars(std::string_view text);

}  // namespace lifeboat::personal
