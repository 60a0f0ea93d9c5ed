// The calendar provider, content://com.android.calendar, read into calendars with the ids of their
// rows.
#pragma once

#include "personal/calendar.h"
#include "phone/android/personal/content_table.h"

#include <string>
#include <vector>

namespace lifeboat::phone::android {

namespace calendar_uri {
inline constexpr const char* calendars = "content://com.android.calendar/calendars";
inline constexpr const char* events = "content://com.android.calendar/events";
inline constexpr const char* reminders = "content://com.android.calendar/reminders";
inline constexpr const char* attendees = "content://com.android.calendar/attendees";
inline constexpr const char* extended = "content://com.android.calendar/extendedproperties";
}  // namespace calendar_uri

// The columns of the tables.
const ContentQuery& calendars_query();
const ContentQuery& events_query();
const ContentQuery& reminders_query();
const ContentQuery& attendees_query();
const ContentQuery& extended_query();

// Ids are parallel to calendar.events.
struct PhoneCalendar {
    int64_t id = 0;
    personal::Calendar calendar{};
    std::vector<int64_t> event_ids{};
    std::vector<std::string> sync_ids{};
};

struct PhoneCalendars {
    std::vector<PhoneCalendar> calendars{};
    std::vector<UnreadValue> unread{};
    bool drifted = false;
};

// Throws ContentRefused, Temporary, Garbled.
PhoneCalendars read_calendars(ContentCommands& content, const std::stop_token& stop);

std::vector<personal::Record> records_of(std::span<const personal::Calendar> calendars);
std::vector<personal::Record> records_of(const std::vector<PhoneCalendar>& calendars);

}  // namespace lifeboat::phone::android
