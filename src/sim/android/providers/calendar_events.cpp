#include "sim/android/providers/calendar_events.h"

#include "sim/android/providers/java_exception.h"

#include <fmt/format.h>

#include <array>

namespace lifeboat::sim::android {

namespace {

constexpr int64_t cancelled = 2;

bool is_filled(const ContentValues& values, std::string_view name) {
    return !values.text(name).value_or("").empty();
}

bool repeats(const ContentValues& values) {
    return is_filled(values, "rrule") || is_filled(values, "rdate");
}

// What a person's app is refused.
void check(const ContentValues& values) {
    if (!values.has("calendar_id"))
        throw illegal_argument("Event values must include a calendar_id");
    if (!values.has("eventTimezone"))
        throw illegal_argument("Event values must include an eventTimezone");
    if (!values.has("dtstart")) throw illegal_argument("DTSTART cannot be empty.");
    if (!values.has("dtend") && !values.has("duration"))
        throw illegal_argument("DTEND and DURATION cannot both be null for an event.");
    if (values.has("dtend") && values.has("duration"))
        throw illegal_argument("Cannot have both DTEND and DURATION in an event");
}

// What a sync adapter is not refused: it is left out. A series has a duration, everything else an
// end.
void scrub(ContentValues& values) {
    if (repeats(values)) {
        const bool plain = !values.has("dtend") && is_filled(values, "duration") &&
                           !is_filled(values, "original_sync_id") &&
                           !values.has("originalInstanceTime");
        if (plain) return;
        for (const char* name : {"dtend", "original_sync_id", "originalInstanceTime"})
            values.erase(name);
        return;
    }
    values.erase("duration");
}

// A time of a series that was called off needs no times of its own.
void complete_start(ContentValues& values) {
    if (values.find("dtstart") != nullptr) return;
    const auto original = values.number("originalInstanceTime");
    const bool called_off = values.find("original_sync_id") != nullptr && original &&
                            values.number("eventStatus") == cancelled;
    if (!called_off)
        throw JavaException("java.lang.RuntimeException", "DTSTART field missing from event");
    values.put("dtstart", *original);
    values.put("dtend", *original);
    values.put("eventTimezone", std::string("UTC"));
}

// Series and exception know each other by number and by name: one makes the other.
void complete_original(ProviderDatabase& database, ContentValues& values, int64_t calendar) {
    const auto name = values.text("original_sync_id");
    const auto id = values.number("original_id");
    if (name && !id) {
        const std::array<Value, 2> both{*name, calendar};
        const int64_t found = database.number(
            "SELECT _id FROM Events WHERE _sync_id=? AND calendar_id=? AND deleted=0", both);
        if (found != 0) values.put("original_id", found);
    } else if (id && !name) {
        const Value wanted = *id;
        const auto found = database.text("SELECT _sync_id FROM Events WHERE _id=?", {&wanted, 1});
        if (found && !found->empty()) values.put("original_sync_id", *found);
    }
}

// Exceptions that came before their series.
void join_exceptions(ProviderDatabase& database, const ContentValues& values, int64_t id,
                     int64_t calendar) {
    const std::string name = values.text("_sync_id").value_or("");
    if (name.empty() || !repeats(values)) return;
    const std::array<Value, 2> both{name, calendar};
    database.update("Events", {{"original_id", id}}, "original_sync_id=? AND calendar_id=?", both);
}

}  // namespace

void insert_calendar_event(ProviderDatabase& database, ContentValues values, bool by_sync_adapter) {
    if (!by_sync_adapter) {
        check(values);
        values.put("dirty", int64_t{1});
        values.put("mutators", std::string("com.android.shell"));
    }
    complete_start(values);
    if (by_sync_adapter) scrub(values);
    if (!values.has("calendar_id")) throw illegal_argument("New events must specify a calendar id");
    const int64_t calendar = values.number("calendar_id").value_or(0);
    const auto owner = database.text(
        fmt::format("SELECT coalesce(ownerAccount, '') FROM Calendars WHERE _id={}", calendar));
    // An event of no calendar is shown by no view, and dropped by the phone later.
    values.put_default("organizer", owner.value_or(""));
    values.put("isOrganizer", int64_t{values.text("organizer") == owner});
    const int64_t last = values.number("dtend").value_or(values.number("dtstart").value_or(0));
    if (!values.has("rrule")) values.put_default("lastDate", last);
    complete_original(database, values, calendar);
    values.erase("hasAlarm");  // the reminders say
    const int64_t id = database.insert("Events", values);
    // Whoever names the owner's answer gets the owner as a guest: also a sync adapter.
    if (values.find("selfAttendeeStatus") != nullptr) {
        database.insert("Attendees",
                        {{"event_id", id},
                         {"attendeeStatus", values.number("selfAttendeeStatus").value_or(0)},
                         {"attendeeType", int64_t{0}},
                         {"attendeeRelationship", int64_t{1}},
                         {"attendeeEmail", owner ? Value(*owner) : Value(nullptr)}});
    }
    join_exceptions(database, values, id, calendar);
}

void note_own_answer(ProviderDatabase& database, const ContentValues& attendee) {
    constexpr int64_t organizer = 2, accepted = 1;
    const int64_t event = attendee.number("event_id").value_or(0);
    const auto owner = database.text(
        fmt::format("SELECT c.ownerAccount FROM Events e JOIN Calendars c ON e.calendar_id=c._id "
                    "WHERE e._id={}",
                    event));
    if (!owner || attendee.text("attendeeEmail") != owner) return;
    const bool organizes = attendee.number("attendeeRelationship") == organizer;
    const int64_t answer = attendee.number("attendeeStatus").value_or(organizes ? accepted : 0);
    database.update("Events", {{"selfAttendeeStatus", answer}}, fmt::format("_id={}", event));
}

}  // namespace lifeboat::sim::android
