#include "sim/android/providers/calendar_provider.h"

#include "sim/android/providers/calendar_database.h"
#include "sim/android/providers/calendar_events.h"
#include "sim/android/providers/table_query.h"

#include <fmt/format.h>

#include <array>

namespace lifeboat::sim::android {

namespace {

struct Kind {
    std::string_view word;   // in the address
    std::string_view table;  // that is written
    std::string_view view;   // that is read
};

constexpr std::array<Kind, 5> kinds{
    {{"calendars", "Calendars", "Calendars"},
     {"events", "Events", "view_events"},
     {"attendees", "Attendees", "Attendees"},
     {"reminders", "Reminders", "Reminders"},
     {"extendedproperties", "ExtendedProperties", "ExtendedProperties"}}};

constexpr std::array<std::string_view, 14> sync_calendar_columns{"account_name",
                                                                 "account_type",
                                                                 "_sync_id",
                                                                 "dirty",
                                                                 "ownerAccount",
                                                                 "maxReminders",
                                                                 "allowedReminders",
                                                                 "canModifyTimeZone",
                                                                 "canOrganizerRespond",
                                                                 "canPartiallyUpdate",
                                                                 "calendar_location",
                                                                 "calendar_timezone",
                                                                 "deleted",
                                                                 "calendar_access_level"};
constexpr std::array<std::string_view, 3> sync_event_columns{"_sync_id", "dirty", "mutators"};

const Kind& kind_of(const ContentUri& uri) {
    const bool fits = uri.matches({"*"}) || uri.matches({"*", "#"});
    const auto found = fits ? std::ranges::find(kinds, uri.path[0], &Kind::word) : kinds.end();
    if (found == kinds.end()) throw illegal_argument("Unknown URL " + uri.text);
    return *found;
}

std::string quoted_text(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'') out += '\'';
        out += c;
    }
    return out + '\'';
}

bool is_sync_adapter(const ContentUri& uri) {
    return uri.flag("caller_is_syncadapter");
}

// An address may name the account whose rows it means.
std::string account_condition(const ContentUri& uri, const Kind& kind) {
    const auto name = uri.parameter("account_name");
    const auto type = uri.parameter("account_type");
    if (!name || !type || name->empty() || type->empty()) return "";
    const std::string mine =
        fmt::format("account_name={} AND account_type={}", quoted_text(*name), quoted_text(*type));
    if (kind.word == "calendars") return mine;
    const std::string calendars =
        fmt::format("calendar_id IN (SELECT _id FROM Calendars WHERE {})", mine);
    if (kind.word == "events") return calendars;
    return fmt::format("event_id IN (SELECT _id FROM Events WHERE {})", calendars);
}

std::string condition_of(const ContentUri& uri, const Kind& kind) {
    const std::string one = uri.path.size() == 2 ? fmt::format("_id={}", uri.id(1)) : "";
    return both(one, account_condition(uri, kind));
}

void check_writer(const ContentUri& uri, const Kind& kind, const ContentValues& values) {
    if (is_sync_adapter(uri)) {
        const auto name = uri.parameter("account_name");
        const auto type = uri.parameter("account_type");
        if (!name || !type || name->empty() || type->empty()) {
            throw illegal_argument("Sync adapters must specify an account and account type: " +
                                   uri.text);
        }
        return;
    }
    if (kind.word == "extendedproperties") {
        throw illegal_argument("Only sync adapters may write using " + uri.text);
    }
    const auto refuse = [&](std::span<const std::string_view> columns) {
        for (const std::string_view column : columns) {
            if (values.find(column) == nullptr) continue;
            throw illegal_argument(fmt::format("Only sync adapters may write to {}", column));
        }
    };
    if (kind.word == "calendars") refuse(sync_calendar_columns);
    if (kind.word == "events") refuse(sync_event_columns);
    for (const auto& [name, value] : values.all()) {
        if (name.starts_with("cal_sync") || name.starts_with("sync_data")) {
            throw illegal_argument("Only sync adapters may write to " + name);
        }
    }
}

}  // namespace

CalendarProvider::CalendarProvider() : database_(calendar_schema) {}

std::optional<Cursor> CalendarProvider::query(const Caller&, const QueryRequest& request) {
    const ContentUri& uri = request.uri;
    TableQuery table;
    table.counts = true;
    if (uri.matches({"instances", "when", "#", "#"})) {
        fill_instances(database_, uri.id(2), uri.id(3));
        table.from = "view_instances";
    } else if (uri.matches({"event_entities"})) {
        table.from = "view_events";
    } else {
        const Kind& kind = kind_of(uri);
        table.from = std::string(kind.view);
        table.restriction = condition_of(uri, kind);
    }
    table.columns = database_.columns(table.from);
    return database_.query(sql_of(table, request));
}

void CalendarProvider::check_columns(const std::string& table, const ContentValues& values) {
    const auto columns = database_.columns(table);
    for (const auto& [name, value] : values.all()) {
        if (std::ranges::find(columns, name) == columns.end()) {
            throw illegal_argument(fmt::format("column '{}' is invalid", name));
        }
    }
}

void CalendarProvider::insert_detail(const ContentUri& uri, const std::string& table,
                                     const ContentValues& given) {
    ContentValues values = given;
    if (!values.has("event_id")) {
        throw illegal_argument(fmt::format("{} values must contain an event_id", table));
    }
    const int64_t event = values.number("event_id").value_or(0);
    // A row of an event that is not there is dropped without a word.
    if (database_.number(fmt::format("SELECT count(*) FROM Events WHERE _id={}", event)) == 0) {
        return;
    }
    database_.insert(table, values);
    const std::string of_event = fmt::format("_id={}", event);
    if (table == "Reminders") database_.update("Events", {{"hasAlarm", int64_t{1}}}, of_event);
    if (table == "Attendees") note_own_answer(database_, values);
    if (!is_sync_adapter(uri)) database_.update("Events", {{"dirty", int64_t{1}}}, of_event);
}

void CalendarProvider::insert(const Caller&, const ContentUri& uri, const ContentValues& given) {
    if (!uri.path.empty() && uri.path[0] == "instances") {
        throw unsupported_operation("Inserting into instances not supported");
    }
    const Kind& kind = kind_of(uri);
    check_writer(uri, kind, given);
    const std::string table(kind.table);
    check_columns(table, given);
    if (kind.word == "events") return insert_calendar_event(database_, given, is_sync_adapter(uri));
    if (kind.word != "calendars") return insert_detail(uri, table, given);
    ContentValues values = given;
    if (is_sync_adapter(uri)) {
        values.put_default("account_name", *uri.parameter("account_name"));
        values.put_default("account_type", *uri.parameter("account_type"));
    }
    database_.insert(table, values);
}

void CalendarProvider::update(const Caller&, const ContentUri& uri, const ContentValues& values,
                              const std::string& where) {
    const Kind& kind = kind_of(uri);
    check_writer(uri, kind, values);
    const std::string table(kind.table);
    check_columns(table, values);
    if (where.empty() && uri.path.size() == 1 && kind.word != "calendars") {
        throw illegal_argument("Selection must be specified for " + uri.text);
    }
    database_.update(table, values, both(condition_of(uri, kind), where));
}

void CalendarProvider::remove(const Caller&, const ContentUri& uri, const std::string& where) {
    const Kind& kind = kind_of(uri);
    check_writer(uri, kind, {});
    if (where.empty() && uri.path.size() == 1 && kind.word != "calendars") {
        throw illegal_argument("Selection must be specified for " + uri.text);
    }
    const std::string condition = both(condition_of(uri, kind), where);
    if (kind.word == "events" && !is_sync_adapter(uri)) {
        // What a server knows of stays until it has heard.
        database_.update("Events", {{"deleted", int64_t{1}}, {"dirty", int64_t{1}}},
                         both("_sync_id IS NOT NULL", condition));
        database_.remove("Events", both("_sync_id IS NULL", condition));
        return;
    }
    database_.remove(kind.table, condition);
}

}  // namespace lifeboat::sim::android
