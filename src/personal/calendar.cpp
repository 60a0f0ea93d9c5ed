#include "personal/calendar.h"

#include "personal/json_lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>

namespace lifeboat::personal {

namespace {

using nlohmann::json;

constexpr std::string_view kind = "calendar";
constexpr unsigned version = 1;

void add_sorted(FieldDigest& digest, std::string_view what, const std::vector<Fields>& rows,
                std::initializer_list<std::string_view> names) {
    std::vector<std::string> sums;
    for (const Fields& row : rows) {
        FieldDigest one;
        one.add(row, names);
        sums.push_back(one.hex());
    }
    std::sort(sums.begin(), sums.end());
    for (const std::string& sum : sums) digest.add(what, sum);
}

// What is 0 by default may as well not be there.
void add_numbers(FieldDigest& digest, const Fields& fields,
                 std::initializer_list<std::string_view> names) {
    for (const std::string_view name : names) {
        if (number_of(fields, name) != 0) digest.add(name, text_of(fields, name));
    }
}

json to_json(const std::vector<Fields>& rows) {
    json out = json::array();
    for (const Fields& row : rows) out.push_back(fields_json(row));
    return out;
}

std::vector<Fields> rows_of(const json& in, const char* name) {
    std::vector<Fields> rows;
    if (!in.contains(name)) return rows;
    for (const json& row : in[name]) rows.push_back(fields_of(row));
    return rows;
}

json to_json(const Event& event) {
    json out{{"event", fields_json(event.fields)}};
    if (event.exception_of) out["exception_of"] = *event.exception_of;
    if (!event.reminders.empty()) out["reminders"] = to_json(event.reminders);
    if (!event.attendees.empty()) out["attendees"] = to_json(event.attendees);
    if (!event.extended.empty()) out["extended"] = to_json(event.extended);
    return out;
}

Event event_of(const json& in) {
    Event event{.fields = fields_of(in.at("event"))};
    if (in.contains("exception_of")) event.exception_of = in["exception_of"].get<size_t>();
    event.reminders = rows_of(in, "reminders");
    event.attendees = rows_of(in, "attendees");
    event.extended = rows_of(in, "extended");
    return event;
}

void check_exceptions(const Calendar& calendar) {
    for (const Event& event : calendar.events) {
        if (!event.exception_of) continue;
        const bool there = *event.exception_of < calendar.events.size() &&
                           !calendar.events[*event.exception_of].exception_of;
        if (!there) throw Corrupt("an event of the calendar stands in for none");
    }
}

}  // namespace

const std::string& name_of(const Calendar& calendar) {
    const std::string& shown = text_of(calendar.fields, "calendar_displayName");
    return shown.empty() ? text_of(calendar.fields, "name") : shown;
}

bool is_local(const Calendar& calendar) {
    return text_of(calendar.fields, "account_type") == "LOCAL";
}

Record record_of(const Calendar& calendar, const Event& event) {
    FieldDigest digest;
    digest.add(event.fields, {"title", "eventLocation", "description", "dtstart", "dtend",
                              "duration", "eventTimezone", "eventEndTimezone", "rrule", "rdate",
                              "exrule", "exdate", "originalInstanceTime", "eventColor"});
    add_numbers(digest, event.fields, {"allDay", "availability", "accessLevel"});
    digest.add("exception", event.exception_of ? "1" : "0");
    add_sorted(digest, "reminder", event.reminders, {"minutes", "method"});
    add_sorted(digest, "attendee", event.attendees,
               {"attendeeName", "attendeeEmail", "attendeeStatus", "attendeeRelationship",
                "attendeeType"});
    add_sorted(digest, "extended", event.extended, {"name", "value"});
    const std::string& title = text_of(event.fields, "title");
    return {.identity = fmt::format("{}|{}", name_of(calendar), title),
            .digest = digest.hex(),
            .label = fmt::format("{}, {}", minute_text(number_of(event.fields, "dtstart")),
                                 title.empty() ? "an event without a title" : label_text(title))};
}

std::string encode_calendars(std::span<const Calendar> calendars) {
    std::vector<std::string> lines;
    for (const Calendar& calendar : calendars) {
        lines.push_back(json_line({{"calendar", fields_json(calendar.fields)}}));
        for (const Event& event : calendar.events) lines.push_back(json_line(to_json(event)));
    }
    return write_lines(kind, version, lines);
}

std::vector<Calendar> decode_calendars(std::string_view text) {
    std::vector<Calendar> calendars;
    each_json_line(text, kind, version, [&](const json& line) {
        if (line.contains("calendar")) {
            calendars.push_back({.fields = fields_of(line["calendar"])});
            return;
        }
        if (calendars.empty()) throw Corrupt("an event belongs to no calendar");
        calendars.back().events.push_back(event_of(line));
    });
    for (const Calendar& calendar : calendars) check_exceptions(calendar);
    return calendars;
}

}  // namespace lifeboat::personal
