#include "sim/android/providers/calendar_database.h"

#include "base/text.h"

#include <fmt/format.h>

#include <array>
#include <chrono>

namespace lifeboat::sim::android {

const char* const calendar_schema = R"(
CREATE TABLE Calendars (_id INTEGER PRIMARY KEY AUTOINCREMENT, account_name TEXT,
  account_type TEXT, _sync_id TEXT, dirty INTEGER, mutators TEXT, name TEXT,
  calendar_displayName TEXT, calendar_color INTEGER, calendar_color_index TEXT,
  calendar_access_level INTEGER, visible INTEGER NOT NULL DEFAULT 1,
  sync_events INTEGER NOT NULL DEFAULT 0, calendar_location TEXT, calendar_timezone TEXT,
  ownerAccount TEXT, isPrimary INTEGER, canOrganizerRespond INTEGER NOT NULL DEFAULT 1,
  canModifyTimeZone INTEGER DEFAULT 1, canPartiallyUpdate INTEGER DEFAULT 0,
  maxReminders INTEGER DEFAULT 5, allowedReminders TEXT DEFAULT '0,1',
  allowedAvailability TEXT DEFAULT '0,1', allowedAttendeeTypes TEXT DEFAULT '0,1,2',
  deleted INTEGER NOT NULL DEFAULT 0, cal_sync1 TEXT, cal_sync2 TEXT, cal_sync3 TEXT,
  cal_sync4 TEXT, cal_sync5 TEXT, cal_sync6 TEXT, cal_sync7 TEXT, cal_sync8 TEXT,
  cal_sync9 TEXT, cal_sync10 TEXT);
CREATE TABLE Events (_id INTEGER PRIMARY KEY AUTOINCREMENT, _sync_id TEXT, dirty INTEGER,
  mutators TEXT, lastSynced INTEGER DEFAULT 0, calendar_id INTEGER NOT NULL, title TEXT,
  eventLocation TEXT, description TEXT, eventColor INTEGER, eventColor_index TEXT,
  eventStatus INTEGER, selfAttendeeStatus INTEGER NOT NULL DEFAULT 0, dtstart INTEGER,
  dtend INTEGER, eventTimezone TEXT, duration TEXT, allDay INTEGER NOT NULL DEFAULT 0,
  accessLevel INTEGER NOT NULL DEFAULT 0, availability INTEGER NOT NULL DEFAULT 0,
  hasAlarm INTEGER NOT NULL DEFAULT 0, hasExtendedProperties INTEGER NOT NULL DEFAULT 0,
  rrule TEXT, rdate TEXT, exrule TEXT, exdate TEXT, original_id INTEGER, original_sync_id TEXT,
  originalInstanceTime INTEGER, originalAllDay INTEGER, lastDate INTEGER,
  hasAttendeeData INTEGER NOT NULL DEFAULT 0, guestsCanModify INTEGER NOT NULL DEFAULT 0,
  guestsCanInviteOthers INTEGER NOT NULL DEFAULT 1, guestsCanSeeGuests INTEGER NOT NULL DEFAULT 1,
  organizer TEXT, isOrganizer INTEGER, deleted INTEGER NOT NULL DEFAULT 0,
  eventEndTimezone TEXT, customAppPackage TEXT, customAppUri TEXT, uid2445 TEXT,
  sync_data1 TEXT, sync_data2 TEXT, sync_data3 TEXT, sync_data4 TEXT, sync_data5 TEXT,
  sync_data6 TEXT, sync_data7 TEXT, sync_data8 TEXT, sync_data9 TEXT, sync_data10 TEXT);
CREATE INDEX events_calendar ON Events (calendar_id);
CREATE TABLE Attendees (_id INTEGER PRIMARY KEY AUTOINCREMENT, event_id INTEGER,
  attendeeName TEXT, attendeeEmail TEXT, attendeeStatus INTEGER, attendeeRelationship INTEGER,
  attendeeType INTEGER, attendeeIdentity TEXT, attendeeIdNamespace TEXT);
CREATE INDEX attendees_event ON Attendees (event_id);
CREATE TABLE Reminders (_id INTEGER PRIMARY KEY AUTOINCREMENT, event_id INTEGER, minutes INTEGER,
  method INTEGER NOT NULL DEFAULT 0);
CREATE INDEX reminders_event ON Reminders (event_id);
CREATE TABLE ExtendedProperties (_id INTEGER PRIMARY KEY AUTOINCREMENT, event_id INTEGER,
  name TEXT, value TEXT);
CREATE INDEX properties_event ON ExtendedProperties (event_id);
CREATE TABLE Instances (_id INTEGER PRIMARY KEY, event_id INTEGER, begin INTEGER, end INTEGER,
  startDay INTEGER, endDay INTEGER, startMinute INTEGER, endMinute INTEGER);
CREATE VIEW view_events AS SELECT e.*, c.account_name, c.account_type, c.calendar_displayName,
  c.calendar_color, c.calendar_access_level, c.visible, c.sync_events, c.calendar_timezone,
  c.ownerAccount, c.isPrimary, c.canOrganizerRespond, c.canModifyTimeZone, c.maxReminders,
  c.allowedReminders, c.allowedAvailability, c.allowedAttendeeTypes,
  coalesce(e.eventColor, c.calendar_color) AS displayColor
  FROM Events e JOIN Calendars c ON e.calendar_id=c._id;
CREATE VIEW view_instances AS SELECT i._id AS _id, i.event_id, i.begin, i.end, i.startDay,
  i.endDay, i.startMinute, i.endMinute, v.title, v.eventLocation, v.description, v.dtstart,
  v.dtend, v.eventTimezone, v.duration, v.allDay, v.rrule, v.calendar_id, v.account_name,
  v.account_type, v.calendar_displayName, v.hasAlarm, v.organizer, v.eventStatus,
  v.availability, v.accessLevel
  FROM Instances i JOIN view_events v ON i.event_id=v._id;
CREATE TRIGGER event_cleanup AFTER DELETE ON Events BEGIN
  DELETE FROM Attendees WHERE event_id=OLD._id; DELETE FROM Reminders WHERE event_id=OLD._id;
  DELETE FROM ExtendedProperties WHERE event_id=OLD._id; END;
CREATE TRIGGER calendar_cleanup AFTER DELETE ON Calendars BEGIN
  DELETE FROM Events WHERE calendar_id=OLD._id; END;
)";

namespace {

using std::chrono::days;
using std::chrono::months;
using std::chrono::sys_days;
using std::chrono::weekday;
using std::chrono::year_month_day;

constexpr int64_t day_ms = 86'400'000;
constexpr int64_t julian_day_of_1970 = 2'440'588;
constexpr size_t instances_limit = 10'000;

struct Rule {
    std::string frequency{};
    int64_t interval = 1;
    int64_t count = INT64_MAX;
    int64_t until_ms = INT64_MAX;
    std::vector<unsigned> weekdays{};  // Sunday is 0
};

// "20250601T120000Z" or "20250601": its end.
int64_t until_of(std::string_view text) {
    const auto year = parse_i64(text.substr(0, 4));
    const auto month = text.size() >= 8 ? parse_u64(text.substr(4, 2)) : std::nullopt;
    const auto day = text.size() >= 8 ? parse_u64(text.substr(6, 2)) : std::nullopt;
    if (!year || !month || !day) return INT64_MAX;
    const year_month_day date{std::chrono::year(static_cast<int>(*year)),
                              std::chrono::month(static_cast<unsigned>(*month)),
                              std::chrono::day(static_cast<unsigned>(*day))};
    return (sys_days(date).time_since_epoch().count() + 1) * day_ms - 1;
}

Rule parse_rule(std::string_view text) {
    static constexpr std::array<std::string_view, 7> names{"SU", "MO", "TU", "WE",
                                                           "TH", "FR", "SA"};
    Rule rule;
    for (const std::string_view part : split(text, ';')) {
        const size_t equals = part.find('=');
        if (equals == std::string_view::npos) continue;
        const std::string_view key = part.substr(0, equals);
        const std::string_view value = part.substr(equals + 1);
        if (key == "FREQ") rule.frequency = std::string(value);
        if (key == "INTERVAL") rule.interval = std::max<int64_t>(1, parse_i64(value).value_or(1));
        if (key == "COUNT") rule.count = parse_i64(value).value_or(INT64_MAX);
        if (key == "UNTIL") rule.until_ms = until_of(value);
        if (key != "BYDAY") continue;
        for (const std::string_view name : split(value, ',')) {
            const auto found = std::ranges::find(names, name);
            if (found == names.end()) continue;
            rule.weekdays.push_back(static_cast<unsigned>(found - names.begin()));
        }
    }
    return rule;
}

int64_t next_start(const Rule& rule, int64_t first, int64_t step) {
    const int64_t day = first / day_ms;
    if (rule.frequency == "DAILY") return first + step * rule.interval * day_ms;
    if (rule.frequency == "WEEKLY") return first + step * rule.interval * 7 * day_ms;
    const int64_t each = rule.frequency == "YEARLY" ? 12 * rule.interval : rule.interval;
    const year_month_day date{sys_days(days(day))};
    const year_month_day moved = date + months(static_cast<int>(each * step));
    if (!moved.ok()) return -1;  // no 31st there
    return sys_days(moved).time_since_epoch().count() * day_ms + first % day_ms;
}

// "P1D", "PT1H30M" or "P3600S".
int64_t duration_ms(std::string_view text) {
    int64_t total = 0;
    int64_t number = 0;
    for (const char c : text) {
        if (c >= '0' && c <= '9') {
            number = std::min<int64_t>(number * 10 + (c - '0'), 1'000'000'000);
            continue;
        }
        const int64_t unit = c == 'W'   ? 7 * day_ms
                             : c == 'D' ? day_ms
                             : c == 'H' ? 3'600'000
                             : c == 'M' ? 60'000
                                        : 1000;
        if (c != 'P' && c != 'T') total += number * unit;
        number = 0;
    }
    return total;
}

struct Event {
    int64_t id = 0;
    int64_t start = 0;
    int64_t length = 0;
    std::string rule{};
};

class Filler {
public:
    Filler(ProviderDatabase& database, int64_t from, int64_t to)
        : database_(database), from_(from), to_(to) {}

    void add(const Event& event) {
        if (event.rule.empty()) return put(event, event.start);
        const Rule rule = parse_rule(event.rule);
        int64_t told = 0;
        for (int64_t step = 0; told < rule.count && step < 4'000; ++step) {
            const int64_t start = next_start(rule, event.start, step);
            if (start < 0) continue;
            if (start > to_ || start > rule.until_ms) return;
            if (rule.frequency == "WEEKLY" && !rule.weekdays.empty()) {
                told += add_week(event, rule, start, rule.count - told);
            } else {
                put(event, start);
                ++told;
            }
        }
    }

private:
    int64_t add_week(const Event& event, const Rule& rule, int64_t in_week, int64_t left) {
        const auto today = weekday(sys_days(days(in_week / day_ms))).c_encoding();
        int64_t told = 0;
        for (const unsigned wanted : rule.weekdays) {
            const int64_t start =
                in_week + (static_cast<int64_t>(wanted) - static_cast<int64_t>(today)) * day_ms;
            if (start < event.start || start > rule.until_ms || told >= left) continue;
            put(event, start);
            ++told;
        }
        return told;
    }

    void put(const Event& event, int64_t start) {
        const int64_t end = start + event.length;
        if (end < from_ || start > to_ || count_ >= instances_limit) return;
        ++count_;
        database_.insert("Instances", {{"event_id", event.id},
                                       {"begin", start},
                                       {"end", end},
                                       {"startDay", start / day_ms + julian_day_of_1970},
                                       {"endDay", end / day_ms + julian_day_of_1970},
                                       {"startMinute", start % day_ms / 60'000},
                                       {"endMinute", end % day_ms / 60'000}});
    }

    ProviderDatabase& database_;
    int64_t from_;
    int64_t to_;
    size_t count_ = 0;
};

}  // namespace

void fill_instances(ProviderDatabase& database, int64_t from_ms, int64_t to_ms) {
    database.remove("Instances", "");
    Filler filler(database, from_ms, to_ms);
    const Cursor found = database.rows(
        "SELECT _id, dtstart, dtend, duration, rrule FROM Events "
        "WHERE deleted=0 AND dtstart IS NOT NULL");
    for (const auto& row : found.rows) {
        Event event;
        event.id = number_of(row[0]).value_or(0);
        event.start = number_of(row[1]).value_or(0);
        const auto end = number_of(row[2]);
        event.length = end ? *end - event.start : duration_ms(text_of(row[3]).value_or(""));
        event.rule = text_of(row[4]).value_or("");
        filler.add(event);
    }
}

}  // namespace lifeboat::sim::android
