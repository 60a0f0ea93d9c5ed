#include "personal/calendar.h"

#include "base/error.h"
#include "base/text.h"
#include "personal/icalendar.h"
#include "personal/time_zone.h"

#include <gtest/gtest.h>

namespace lifeboat::personal {
namespace {

constexpr int64_t in_march = 1'740'996'000'000;  // 2025-03-03 10:00 UTC

Calendar work() {
    Event weekly{.fields = {{"title", "Round; \"crew\", deck\nRow: 1 _id=2"},
                            {"dtstart", std::to_string(in_march)},
                            {"duration", "P3600S"},
                            {"eventTimezone", "Europe/Berlin"},
                            {"rrule", "FREQ=WEEKLY;BYDAY=MO"},
                            {"exdate", "20250310T100000Z"},
                            {"uid2445", "one@example.org"}},
                 .reminders = {{{"minutes", "10"}, {"method", "1"}}, {{"minutes", "-1"}}},
                 .attendees = {{{"attendeeName", "Ada \"A\"\r\nX:y"},
                                {"attendeeEmail", "ada@example.org"},
                                {"attendeeStatus", "1"}}}};
    Event moved{.fields = {{"title", "Round"},
                           {"dtstart", std::to_string(in_march + 14 * 86'400'000)},
                           {"dtend", std::to_string(in_march + 14 * 86'400'000 + 60'000)},
                           {"originalInstanceTime", std::to_string(in_march + 14 * 86'400'000)}},
                .exception_of = 0};
    Event day{.fields = {{"title", "Regatta"},
                         {"dtstart", "1740960000000"},
                         {"dtend", "1741046400000"},
                         {"allDay", "1"}}};
    return {.fields = {{"calendar_displayName", "Work"}, {"account_type", "LOCAL"}},
            .events = {weekly, moved, day}};
}

TEST(Calendar, ComesBackAsItWasWritten) {
    const std::vector<Calendar> all{work(), {.fields = {{"name", "empty"}}}};
    EXPECT_EQ(decode_calendars(encode_calendars(all)), all);
}

TEST(Calendar, AnExceptionOfNothingIsRefused) {
    std::vector<Calendar> all{work()};
    all[0].events[1].exception_of = 9;
    EXPECT_THROW(decode_calendars(encode_calendars(all)), Corrupt);
    all[0].events[1].exception_of = 1;
    EXPECT_THROW(decode_calendars(encode_calendars(all)), Corrupt);
}

TEST(Calendar, AMovedEventIsAChangeAndAnAccountIsNone) {
    Calendar calendar = work();
    const Record before = record_of(calendar, calendar.events[2]);
    EXPECT_EQ(before.label, "2025-03-03 00:00, Regatta");
    calendar.fields["account_type"] = "com.google";
    EXPECT_EQ(record_of(calendar, calendar.events[2]), before);
    calendar.events[2].fields["dtstart"] = "1741046400000";
    const Record after = record_of(calendar, calendar.events[2]);
    EXPECT_EQ(after.identity, before.identity);
    EXPECT_NE(after.digest, before.digest);
    calendar = work();
    calendar.events[2].reminders.push_back({{"minutes", "5"}});
    EXPECT_NE(record_of(calendar, calendar.events[2]).digest, before.digest);
}

bool has_line(const std::string& text, std::string_view wanted) {
    std::string unfolded = text;
    for (size_t at = unfolded.find("\r\n "); at != std::string::npos;
         at = unfolded.find("\r\n ", at))
        unfolded.erase(at, 3);
    for (const std::string_view line : lines(unfolded)) {
        if (line == wanted) return true;
    }
    return false;
}

TEST(ICalendar, SaysWhatThePhoneHas) {
    const std::string text = icalendar(work());
    for (const char* line :
         {"BEGIN:VCALENDAR", "X-WR-CALNAME:Work", "UID:one@example.org", "DURATION:PT3600S",
          "RRULE:FREQ=WEEKLY;BYDAY=MO", "EXDATE:20250310T100000Z", "TRIGGER:-PT10M",
          "SUMMARY:Round\\; \"crew\"\\, deck\\nRow: 1 _id=2", "DTSTART;VALUE=DATE:20250303",
          "ATTENDEE;CN=\"Ada AX:y\";PARTSTAT=ACCEPTED:mailto:ada@example.org",
          "DTSTART:20250317T100000Z", "END:VCALENDAR"}) {
        EXPECT_TRUE(has_line(text, line)) << line << "\n" << text;
    }
    EXPECT_EQ(icalendar(work()), text);
}

TEST(ICalendar, ASeriesKeepsItsZoneWhereThisComputerKnowsIt) {
    const auto zone = TimeZone::find("Europe/Berlin");
    if (!zone) GTEST_SKIP() << "no zone files here";
    const std::string text = icalendar(work());
    EXPECT_TRUE(has_line(text, "DTSTART;TZID=Europe/Berlin:20250303T110000")) << text;
    EXPECT_TRUE(has_line(text, "TZOFFSETTO:+0200"));
    EXPECT_TRUE(has_line(text, "RECURRENCE-ID;TZID=Europe/Berlin:20250317T110000"));
    EXPECT_EQ(zone->offset_at(in_march / 1000), 3600);
    EXPECT_EQ(zone->offset_at(in_march / 1000 + 120 * 86'400), 7200);
    EXPECT_FALSE(TimeZone::find("../../etc/passwd"));
    EXPECT_FALSE(TimeZone::find("Nowhere/Land"));
}

TEST(ICalendar, LinesAreFoldedBetweenCharacters) {
    std::string title;
    for (int i = 0; i < 60; ++i) title += "\xC3\xA9";
    const std::string folded = folded_line("SUMMARY:" + title);
    for (const std::string_view line : lines(folded)) {
        EXPECT_LE(line.size(), 75u);
        EXPECT_TRUE(is_valid_utf8(line));
    }
    EXPECT_TRUE(has_line(folded, "SUMMARY:" + title));
    EXPECT_EQ(folded_line("A:b"), "A:b\r\n");
}

TEST(TimeZone, BytesThatAreNoZoneAreRefused) {
    EXPECT_FALSE(TimeZone::parse("x", {}));
    std::string forged = "TZif2" + std::string(15, '\0') + std::string(24, '\xff');
    EXPECT_FALSE(TimeZone::parse("x", as_bytes(forged)));
    forged = "TZif2" + std::string(39, '\0') + "TZif2" + std::string(39, '\0');
    EXPECT_FALSE(TimeZone::parse("x", as_bytes(forged)));
}

}  // namespace
}  // namespace lifeboat::personal
