// Events that do not come back in one go, and those that a person changed.
#include "phone/android/personal/provider_world_test.h"

namespace lifeboat::phone::android {
namespace {

using sim::android::PersonalData;

class CalendarRestore : public ProviderWorld {
protected:
    void sql(const std::string& text) {
        data([&](PersonalData& data) { data.calendar().run(text); });
    }
    int64_t count(const std::string& text) {
        int64_t found = 0;
        data([&](PersonalData& data) { found = data.calendar().number(text); });
        return found;
    }
    // Every series gets a time that was moved.
    void move_times() {
        sql("INSERT INTO Events (calendar_id, title, dtstart, dtend, eventTimezone, original_id, "
            "originalInstanceTime) SELECT calendar_id, 'moved', dtstart+60000, dtstart+120000, "
            "'UTC', _id, dtstart FROM Events WHERE rrule IS NOT NULL");
    }
};

TEST_F(CalendarRestore, NobodyIsInvitedWhoWasNotThere) {
    start(some);
    forget_account("com.google");
    const int64_t guests = count("SELECT count(*) FROM Attendees");
    round_trip("calendar");
    EXPECT_EQ(count("SELECT count(*) FROM Attendees"), guests);
}

TEST_F(CalendarRestore, OfEqualEventsTheOneThatWasBegunIsFinished) {
    start({.contacts = 1});
    wipe();
    sql("INSERT INTO Calendars (account_name, account_type, name, calendar_displayName, "
        "ownerAccount) VALUES ('Phone', 'LOCAL', 'Club', 'Club', 'Phone')");
    for (int i = 0; i < 3; ++i) {
        sql("INSERT INTO Events (calendar_id, title, dtstart, dtend, eventTimezone) VALUES (1, "
            "'Regatta', 1700000000000, 1700003600000, 'UTC')");
        sql("INSERT INTO Reminders (event_id, minutes, method) SELECT max(_id), 10, 1 FROM Events");
    }
    WatchedSink sink;
    const Collection before = save("calendar", sink);
    for (int cut_off = 0; cut_off < 3; ++cut_off) {
        wipe();
        restore("calendar", sink.tree);
        sql("DELETE FROM Reminders WHERE event_id=(SELECT _id FROM Events ORDER BY _id LIMIT 1 "
            "OFFSET " +
            std::to_string(cut_off) + ")");
        const auto again = restore("calendar", sink.tree);
        EXPECT_EQ(again.already_there, 2u) << reasons(again);
        EXPECT_EQ(again.compared_equal, 1u) << reasons(again);
        expect_same(before, read("calendar"));
    }
}

TEST_F(CalendarRestore, WhatAPersonChangedAfterwardsIsAConflict) {
    start(some);
    forget_account("com.google");
    WatchedSink sink;
    const Collection before = save("calendar", sink);
    wipe();
    restore("calendar", sink.tree);
    sql("UPDATE Events SET dtstart=dtstart+60000 WHERE _id=2");
    sql("DELETE FROM Attendees");
    sql("INSERT INTO Reminders (event_id, minutes, method) VALUES (3, 55, 1)");
    const int64_t events = count("SELECT count(*) FROM Events");
    const auto again = restore("calendar", sink.tree);
    EXPECT_TRUE(again.failed.empty()) << reasons(again);
    EXPECT_EQ(again.conflicts.size(), 2u) << reasons(again);
    EXPECT_EQ(again.already_there + again.compared_equal, before.records.size() - 2);
    EXPECT_EQ(count("SELECT count(*) FROM Events"), events);
}

TEST_F(CalendarRestore, AMovedTimeWithoutItsSeriesIsNotPutBesideIt) {
    start(some);
    forget_account("com.google");
    move_times();
    WatchedSink sink;
    save("calendar", sink);
    wipe();
    restore("calendar", sink.tree);
    // The series was changed on the phone, and the moved time taken away.
    sql("UPDATE Events SET title='other', _sync_id=NULL WHERE rrule IS NOT NULL");
    sql("DELETE FROM Events WHERE title='moved'");
    phone_->faults().with([](sim::FaultPlan& plan) { plan.content.swallow_after = 0; });
    const auto outcome = restore("calendar", sink.tree);
    phone_->faults().clear();
    EXPECT_EQ(count("SELECT count(*) FROM Events WHERE title='moved'"), 0);
    bool said = false;
    for (const auto& one : outcome.failed)
        said = said || one.reason.find("series") != std::string::npos;
    EXPECT_TRUE(said) << reasons(outcome);
}

TEST_F(CalendarRestore, EventsKeepTheirEndsInTheFormOfThePhone) {
    start({.contacts = 1});
    wipe();
    sql("INSERT INTO Calendars (account_name, account_type, name, calendar_displayName, "
        "ownerAccount) VALUES ('Phone', 'LOCAL', 'Club', 'Club', 'Phone')");
    sql("INSERT INTO Events (calendar_id, title, dtstart, duration, eventTimezone) VALUES (1, "
        "'once', 1700000000000, 'PT1H30M', 'UTC')");
    sql("INSERT INTO Events (calendar_id, title, dtstart, dtend, rrule, eventTimezone) VALUES (1, "
        "'series', 1700000000000, 1700003600000, 'FREQ=DAILY', 'UTC')");
    WatchedSink sink;
    save("calendar", sink);
    wipe();
    const auto first = restore("calendar", sink.tree);
    EXPECT_EQ(first.failed.size(), 2u) << reasons(first);
    for (const auto& one : first.failed)
        EXPECT_NE(one.reason.find("when it ends"), std::string::npos) << one.reason;
    EXPECT_EQ(count("SELECT dtend FROM Events WHERE title='once'"), 1'700'005'400'000);
    EXPECT_EQ(count("SELECT count(*) FROM Events WHERE title='series' AND dtend IS NULL AND "
                    "duration='P3600S'"),
              1);
    const auto again = restore("calendar", sink.tree);
    EXPECT_EQ(again.conflicts.size(), 2u) << reasons(again);
    EXPECT_EQ(count("SELECT count(*) FROM Events"), 2);
}

TEST_F(CalendarRestore, CutAnywhereNothingIsLostChangedOrDoubled) {
    start(some);
    forget_account("com.google");
    move_times();
    WatchedSink sink;
    const Collection before = save("calendar", sink);
    const std::string joined =
        "SELECT count(*) FROM Events e JOIN Events s ON e.original_id=s._id WHERE "
        "e.title='moved' AND e.originalInstanceTime=s.dtstart";
    const int64_t moved = count(joined);
    ASSERT_GT(moved, 0);
    size_t cuts = 0;
    for (const uint64_t bytes : {900u, 2'500u, 4'000u, 7'000u, 20'000u}) {
        cuts += cut_and_again("calendar", sink.tree, bytes) ? 1 : 0;
        expect_same(before, read("calendar"));
        EXPECT_EQ(count(joined), moved) << bytes;
    }
    EXPECT_GT(cuts, 2u);
}

}  // namespace
}  // namespace lifeboat::phone::android
