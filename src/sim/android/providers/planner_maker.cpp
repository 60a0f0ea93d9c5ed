#include "sim/android/providers/personal_maker.h"

#include <fmt/format.h>

#include <array>

namespace lifeboat::sim::android {

namespace {

constexpr int64_t minute_ms = 60'000;
constexpr int64_t day_ms = 1440 * minute_ms;

int64_t add_calendar(ProviderDatabase& sql, const std::string& account, const std::string& type,
                     const std::string& name) {
    const bool local = type == "LOCAL";
    return sql.insert("Calendars", {{"account_name", account},
                                    {"account_type", type},
                                    {"_sync_id", local ? Value(nullptr) : Value(account)},
                                    {"name", name},
                                    {"calendar_displayName", name},
                                    {"calendar_color", int64_t{-14069085}},
                                    {"calendar_access_level", int64_t{700}},
                                    {"sync_events", int64_t{1}},
                                    {"calendar_timezone", "UTC"},
                                    {"ownerAccount", account},
                                    {"isPrimary", int64_t{!local}}});
}

ContentValues event_of(const PersonalMaker& maker, uint64_t number, int64_t calendar) {
    static constexpr std::array<std::string_view, 6> titles{"Dentist",
                                                            "Regatta, heat 2",
                                                            "Call \"the yard\"",
                                                            "Tide table\nRow: 1 _id=2, title=",
                                                            "Birthday \xf0\x9f\x8e\x82",
                                                            "NULL"};
    static constexpr std::array<std::string_view, 4> rules{
        "FREQ=WEEKLY;BYDAY=MO,WE;COUNT=20", "FREQ=DAILY;INTERVAL=3;COUNT=9", "FREQ=YEARLY",
        "FREQ=MONTHLY;UNTIL=20271231T000000Z"};
    const bool all_day = number % 6 == 5;
    const bool repeats = number % 4 == 3;
    int64_t start = made_time(maker, number, maker.counts.events, std::chrono::hours(19));
    start -= start % (all_day ? day_ms : minute_ms);
    const int64_t length =
        all_day ? day_ms : int64_t{30 + static_cast<int64_t>(number % 4) * 15} * minute_ms;
    ContentValues event{
        {"calendar_id", calendar},
        {"title", fmt::format("{} {}", titles[number % titles.size()], number)},
        {"dtstart", start},
        {"eventTimezone", "UTC"},
        {"allDay", int64_t{all_day}},
        {"eventStatus", int64_t{1}},
        {"uid2445", fmt::format("{:x}@example.org", made_seed(maker, "uid", number))}};
    if (number % 3 == 0) event.put("eventLocation", std::string("Harbour, pier 3"));
    if (number % 5 == 1) event.put("description", std::string("bring:\n- rope\n- tea, milk=yes"));
    if (repeats) {
        event.put("duration", all_day ? std::string("P1D") : fmt::format("P{}S", length / 1000));
        event.put("rrule", std::string(rules[number / 4 % rules.size()]));
    } else {
        event.put("dtend", start + length);
        event.put("lastDate", start + length);
    }
    return event;
}

void add_details(ProviderDatabase& sql, int64_t event, uint64_t number) {
    if (number % 2 == 0) {
        sql.insert("Reminders",
                   {{"event_id", event}, {"minutes", int64_t{10}}, {"method", int64_t{1}}});
    }
    if (number % 8 == 0) {
        sql.insert("Reminders",
                   {{"event_id", event}, {"minutes", int64_t{1440}}, {"method", int64_t{2}}});
    }
    for (uint64_t i = 0; number % 5 == 2 && i < 2; ++i) {
        const MadePerson who = made_person(number + i);
        sql.insert("Attendees",
                   {{"event_id", event},
                    {"attendeeName", who.name()},
                    {"attendeeEmail", fmt::format("person.{}@example.org", number + i)},
                    {"attendeeStatus", int64_t{1}},
                    {"attendeeRelationship", int64_t{1}},
                    {"attendeeType", int64_t{1}}});
    }
    if (number % 10 == 4) {
        sql.insert("ExtendedProperties",
                   {{"event_id", event}, {"name", "shared:colour"}, {"value", "sea, green"}});
    }
    sql.run(
        fmt::format("UPDATE Events SET hasAlarm={}, hasAttendeeData={}, "
                    "hasExtendedProperties={} WHERE _id={}",
                    number % 2 == 0, number % 5 == 2, number % 10 == 4, event));
}

}  // namespace

void make_events(PersonalData& data, const PersonalMaker& maker) {
    if (maker.counts.events == 0) return;
    ProviderDatabase& sql = data.calendar();
    const int64_t local = add_calendar(sql, "Phone", "LOCAL", "My calendar");
    const int64_t cloud =
        maker.cloud_account.empty()
            ? add_calendar(sql, "Club", "LOCAL", "Club")
            : add_calendar(sql, maker.cloud_account, "com.google", maker.cloud_account);
    for (uint64_t i = 0; i < maker.counts.events; ++i) {
        const bool is_local = i % 2 == 0;
        ContentValues event = event_of(maker, i, is_local ? local : cloud);
        if (!is_local && !maker.cloud_account.empty()) {
            event.put("_sync_id", fmt::format("s{:x}", made_seed(maker, "sync", i)));
        }
        add_details(sql, sql.insert("Events", event), i);
    }
}

void make_calls(PersonalData& data, const PersonalMaker& maker) {
    static constexpr std::array<int64_t, 8> types{1, 2, 3, 2, 1, 5, 3, 6};
    const uint64_t count = maker.counts.calls;
    const uint64_t people = std::max<uint64_t>(maker.counts.contacts, 20);
    for (uint64_t i = 0; i < count; ++i) {
        const uint64_t seed = made_seed(maker, "call", i);
        const uint64_t partner = seed % (people + 5);
        const MadePerson who = made_person(partner);
        std::string number = who.phone;
        std::erase(number, ' ');
        const bool hidden = i % 37 == 20;
        const bool known = partner < maker.counts.contacts && !hidden;
        const int64_t type = types[i % types.size()];
        const bool talked = type <= 2;
        const bool odd = i == 9;
        data.calls().insert(
            "calls", {{"number", hidden ? std::string() : number},
                      {"presentation", int64_t{hidden ? 2 : 1}},
                      {"date", made_time(maker, i, count, std::chrono::minutes(133))},
                      {"duration", talked ? static_cast<int64_t>(seed % 1900) : int64_t{0}},
                      {"type", type},
                      {"subscription_component_name",
                       "com.android.phone/com.android.services.telephony."
                       "TelephonyConnectionService"},
                      {"subscription_id", "1"},
                      {"new", int64_t{type == 3 && i + 3 > count}},
                      {"is_read", int64_t{i + 3 <= count}},
                      {"name", odd     ? Value("NULL, \"x\"\nRow: 10 _id=11")
                               : known ? Value(who.name())
                                       : Value(nullptr)},
                      {"numbertype", int64_t{known ? 2 : 0}},
                      {"countryiso", "GB"},
                      {"geocoded_location", known ? Value(nullptr) : Value("United Kingdom")},
                      {"normalized_number", number},
                      {"formatted_number", who.phone}});
        if (i % 50 == 30) {
            data.calls().insert("calls",
                                {{"number", number},
                                 {"date", made_time(maker, i, count, std::chrono::minutes(133))},
                                 {"duration", int64_t{20}},
                                 {"type", int64_t{4}}});
        }
    }
}

}  // namespace lifeboat::sim::android
