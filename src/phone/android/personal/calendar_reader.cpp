#include "phone/android/personal/calendar_reader.h"

#include "phone/android/personal/provider_rows.h"

#include <unordered_map>

namespace lifeboat::phone::android {
namespace {

using personal::Fields;
using personal::number_of;

class Reader {
public:
    Reader(ContentCommands& content, const std::stop_token& stop)
        : content_(content), stop_(stop) {}

    PhoneCalendars read() {
        for (const ContentRow& row : table(calendars_query()).rows) {
            places_[row.id] = found_.calendars.size();
            found_.calendars.push_back(
                {.id = row.id, .calendar = {.fields = fields_of(calendars_query(), row)}});
        }
        read_events();
        read_details(reminders_query(), &personal::Event::reminders);
        read_details(attendees_query(), &personal::Event::attendees);
        read_details(extended_query(), &personal::Event::extended);
        return std::move(found_);
    }

private:
    struct Place {
        size_t calendar = 0, event = 0;
    };

    ContentTable table(const ContentQuery& query) {
        ContentTable read = read_table(content_, query, stop_);
        for (const UnreadValue& one : read.unread) found_.unread.push_back(one);
        found_.drifted = found_.drifted || read.drifted;
        return read;
    }

    void read_events() {
        const ContentTable events = table(events_query());
        std::vector<std::pair<Place, int64_t>> exceptions;
        for (const ContentRow& row : events.rows) {
            Fields fields = fields_of(events_query(), row);
            const auto calendar = places_.find(number_of(fields, "calendar_id"));
            if (calendar == places_.end()) continue;
            PhoneCalendar& owner = found_.calendars[calendar->second];
            const Place place{calendar->second, owner.calendar.events.size()};
            events_[row.id] = place;
            if (const int64_t original = number_of(fields, "original_id"); original != 0)
                exceptions.emplace_back(place, original);
            owner.event_ids.push_back(row.id);
            owner.sync_ids.push_back(personal::text_of(fields, "_sync_id"));
            for (const char* own : {"calendar_id", "original_id", "_sync_id", "deleted"})
                fields.erase(own);
            owner.calendar.events.push_back({.fields = std::move(fields)});
        }
        for (const auto& [place, original] : exceptions) join(place, original);
    }

    // An exception whose event is gone stands alone.
    void join(const Place& place, int64_t original) {
        const auto event = events_.find(original);
        if (event == events_.end() || event->second.calendar != place.calendar) return;
        auto& events = found_.calendars[place.calendar].calendar.events;
        const bool of_an_exception =
            number_of(events[event->second.event].fields, "originalInstanceTime") != 0;
        if (!of_an_exception && event->second.event != place.event)
            events[place.event].exception_of = event->second.event;
    }

    void read_details(const ContentQuery& query, std::vector<Fields> personal::Event::*details) {
        for (const ContentRow& row : table(query).rows) {
            Fields fields = fields_of(query, row);
            const auto place = events_.find(number_of(fields, "event_id"));
            if (place == events_.end()) continue;
            fields.erase("event_id");
            auto& events = found_.calendars[place->second.calendar].calendar.events;
            (events[place->second.event].*details).push_back(std::move(fields));
        }
    }

    ContentCommands& content_;
    const std::stop_token& stop_;
    PhoneCalendars found_{};
    std::unordered_map<int64_t, size_t> places_{};  // of calendars, by id
    std::unordered_map<int64_t, Place> events_{};   // by id
};

}  // namespace

const ContentQuery& calendars_query() {
    static const ContentQuery query{
        .uri = calendar_uri::calendars,
        .numbers = {"calendar_color", "visible", "sync_events", "calendar_access_level",
                    "isPrimary"},
        .texts = {"name", "calendar_displayName", "account_name", "account_type", "ownerAccount",
                  "calendar_timezone", "calendar_location", "allowedReminders"},
        .optional = {"isPrimary", "calendar_location", "calendar_timezone", "allowedReminders"}};
    return query;
}

const ContentQuery& events_query() {
    static const ContentQuery query{
        .uri = calendar_uri::events,
        .numbers = {"dtstart", "calendar_id", "dtend", "allDay", "original_id",
                    "originalInstanceTime", "originalAllDay", "eventStatus", "selfAttendeeStatus",
                    "accessLevel", "availability", "eventColor", "hasAlarm", "hasAttendeeData",
                    "guestsCanModify", "guestsCanInviteOthers", "guestsCanSeeGuests"},
        .texts = {"title", "eventLocation", "description", "eventTimezone", "eventEndTimezone",
                  "duration", "rrule", "rdate", "exrule", "exdate", "organizer", "_sync_id",
                  "customAppPackage", "customAppUri", "uid2445"},
        .where = "deleted=0",
        .optional = {"eventColor", "customAppPackage", "customAppUri", "uid2445"}};
    return query;
}

const ContentQuery& reminders_query() {
    static const ContentQuery query{.uri = calendar_uri::reminders,
                                    .numbers = {"event_id", "minutes", "method"}};
    return query;
}

const ContentQuery& attendees_query() {
    static const ContentQuery query{
        .uri = calendar_uri::attendees,
        .numbers = {"event_id", "attendeeStatus", "attendeeRelationship", "attendeeType"},
        .texts = {"attendeeName", "attendeeEmail"}};
    return query;
}

const ContentQuery& extended_query() {
    static const ContentQuery query{
        .uri = calendar_uri::extended, .numbers = {"event_id"}, .texts = {"name", "value"}};
    return query;
}

PhoneCalendars read_calendars(ContentCommands& content, const std::stop_token& stop) {
    return Reader(content, stop).read();
}

std::vector<personal::Record> records_of(std::span<const personal::Calendar> calendars) {
    std::vector<personal::Record> records;
    for (const personal::Calendar& calendar : calendars) {
        for (const personal::Event& event : calendar.events)
            records.push_back(record_of(calendar, event));
    }
    return records;
}

std::vector<personal::Record> records_of(const std::vector<PhoneCalendar>& calendars) {
    std::vector<personal::Record> records;
    for (const PhoneCalendar& one : calendars) {
        for (const personal::Event& event : one.calendar.events)
            records.push_back(record_of(one.calendar, event));
    }
    return records;
}

}  // namespace lifeboat::phone::android
