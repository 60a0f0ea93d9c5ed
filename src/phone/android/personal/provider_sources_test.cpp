// Contacts, calls, calendars and words of a simulated phone: out, away, and back.
#include "personal/call.h"
#include "phone/android/personal/provider_world_test.h"

#include <set>

namespace lifeboat::phone::android {
namespace {

using ProviderSources = ProviderWorld;

TEST_F(ProviderSources, CallsComeBack) {
    start(some);
    round_trip("calls");
}

TEST_F(ProviderSources, WordsComeBack) {
    start(some);
    round_trip("dictionary");
}

TEST_F(ProviderSources, ContactsComeBack) {
    start(some);
    forget_account("com.google");
    round_trip("contacts");
}

TEST_F(ProviderSources, CalendarsComeBack) {
    start(some);
    forget_account("com.google");
    round_trip("calendar");
}

TEST_F(ProviderSources, StandardFilesStandBesideTheExactOnes) {
    start(some);
    WatchedSink sink;
    for (const char* id : {"contacts", "calls", "calendar", "dictionary"}) save(id, sink);
    const std::string vcf = sink.content("personal/contacts/contacts.vcf");
    EXPECT_NE(vcf.find("BEGIN:VCARD"), std::string::npos);
    EXPECT_NE(sink.content("personal/calls/calls.xml").find("<calls count=\"80\""),
              std::string::npos);
    EXPECT_NE(sink.content("personal/calendar/My calendar.ics").find("BEGIN:VEVENT"),
              std::string::npos);
    size_t photos = 0;
    sink.tree.list(ItemPath("personal/contacts/photos"), [&](const Item&) { ++photos; });
    EXPECT_GT(photos, 5u);
    const size_t kept = sink.personal_kept;
    WatchedSink next(&sink.tree);
    save("contacts", next, &sink.tree);
    EXPECT_EQ(kept, 0u);
    EXPECT_EQ(next.personal_kept, photos);
}

TEST_F(ProviderSources, AChangedNumberIsAChangeAndALostContactIsLost) {
    start(some);
    const Collection before = read("contacts");
    data([](sim::android::PersonalData& data) {
        data.contacts().sql().run(
            "UPDATE data SET data1='+44 999' WHERE _id=(SELECT min(_id) FROM data WHERE "
            "mimetype='vnd.android.cursor.item/phone_v2')");
    });
    const Collection changed = read("contacts");
    const auto change = compare(before, changed);
    EXPECT_TRUE(change.comparable);
    EXPECT_TRUE(change.added.empty());
    EXPECT_TRUE(change.lost.empty());
    EXPECT_EQ(change.changed.size(), 1u);
    data([](sim::android::PersonalData& data) { data.lose_contacts(2, 1); });
    const auto loss = compare(changed, read("contacts"));
    EXPECT_TRUE(loss.added.empty());
    EXPECT_GE(loss.lost.size(), 2u);
    EXPECT_TRUE(loss.changed.empty());
}

TEST_F(ProviderSources, NewNumbersOfRowsAreNoChange) {
    start(some);
    std::map<std::string, Collection> before;
    for (const char* id : {"contacts", "calls", "calendar", "dictionary"}) before[id] = read(id);
    data([](sim::android::PersonalData& data) { data.renumber(); });
    for (const auto& [id, collection] : before) expect_same(collection, read(id));
}

TEST_F(ProviderSources, HostileTextsAreReadAndComeBackExactly) {
    start({.calls = 3, .words = 1});
    const std::vector<std::string> texts{"NULL",
                                         "",
                                         "a, b=c, name=x, number=y",
                                         "x, date=1\nRow: 1 _id=2, number=",
                                         "it's \"quoted\" \\ : :s:",
                                         "two\r\nlines\n",
                                         "\xF0\x9F\x98\x80 \xE2\x80\xAE",
                                         "$HOME `id` ; rm\n"};
    data([&](sim::android::PersonalData& data) {
        for (size_t i = 0; i < texts.size(); ++i) {
            data.calls().insert("calls", {{"number", texts[i]},
                                          {"name", texts[texts.size() - 1 - i]},
                                          {"date", int64_t{1'700'000'000'000} + int64_t(i)},
                                          {"duration", int64_t{1}},
                                          {"type", int64_t{1}}});
            data.words().insert("words", {{"word", texts[i]},
                                          {"frequency", int64_t{7}},
                                          {"appid", int64_t{0}},
                                          {"shortcut", i % 2 == 0 ? sim::android::Value("NULL")
                                                                  : sim::android::Value(nullptr)}});
        }
        // Two equal calls in one millisecond are two.
        for (int i = 0; i < 2; ++i) {
            data.calls().insert("calls", {{"number", "55"},
                                          {"date", int64_t{1'600'000'000'000}},
                                          {"duration", int64_t{0}},
                                          {"type", int64_t{3}}});
        }
    });
    WatchedSink sink;
    save("calls", sink);
    const auto calls = personal::decode_calls(sink.content("personal/calls/calls.jsonl"));
    ASSERT_EQ(calls.size(), 3 + texts.size() + 2);
    for (size_t i = 0; i < texts.size(); ++i) {
        EXPECT_EQ(personal::text_of(calls[3 + i].fields, "number"), texts[i]);
        EXPECT_EQ(personal::find_text(calls[3 + i].fields, "name"), texts[texts.size() - 1 - i]);
    }
    WatchedSink words;
    const Collection dictionary = save("dictionary", words);
    round_trip("calls");
    restore("dictionary", words.tree);
    expect_same(dictionary, read("dictionary"));
}

TEST_F(ProviderSources, DoubledLineEndsChangeNothing) {
    start(some);
    const Collection before = read("contacts");
    phone_->faults().with([](sim::FaultPlan& plan) { plan.content.returns = true; });
    expect_same(before, read("contacts"));
}

TEST_F(ProviderSources, AnErrorOrACutInTheMiddleIsNeverAShorterList) {
    start(some);
    for (const char* id : {"contacts", "calls", "calendar", "dictionary"}) {
        phone_->faults().with([](sim::FaultPlan& plan) { plan.content.fail_after_rows = 1; });
        try {
            EXPECT_NE(read(id).reading, personal::Reading::complete) << id;
        } catch (const Corrupt&) {
            SUCCEED();
        }
        phone_->faults().with([](sim::FaultPlan& plan) {
            plan.content = {};
            plan.content.cut_after = 200;
        });
        EXPECT_THROW(read(id), Corrupt) << id;
        phone_->faults().clear();
        EXPECT_EQ(read(id).reading, personal::Reading::complete) << id;
    }
}

TEST_F(ProviderSources, AValueTooLargeForThePhoneIsNamedAndTheRestIsThere) {
    start({.calls = 20});
    data([](sim::android::PersonalData& data) {
        data.calls().run("UPDATE calls SET transcription=printf('%.*c', 1500000, 'x') WHERE _id=7");
    });
    const Collection found = read("calls");
    EXPECT_EQ(found.records.size(), 20u);
    ASSERT_EQ(found.gaps.size(), 1u);
    EXPECT_NE(found.gaps.front().find("transcription"), std::string::npos);
}

TEST_F(ProviderSources, ARefusalIsSaidInWords) {
    start(some, "a12-samsung");
    const Collection calls = read("calls");
    EXPECT_EQ(calls.reading, personal::Reading::refused);
    EXPECT_NE(calls.why.find("READ_CALL_LOG"), std::string::npos);
    EXPECT_NE(calls.why.find("SMS Backup & Restore"), std::string::npos);
    EXPECT_EQ(read("contacts").reading, personal::Reading::complete);
}

// Calls of one phone, on their way to one that does not show its own.
TEST_F(ProviderSources, WhatCannotBeComparedHasFailed) {
    start(some);
    WatchedSink sink;
    const Collection before = save("calls", sink);
    ASSERT_GT(before.records.size(), 0u);
    start(some, "a12-samsung");
    for (const bool dry_run : {true, false}) {
        const auto outcome = restore("calls", sink.tree, dry_run);
        EXPECT_EQ(outcome.wanted, before.records.size());
        EXPECT_EQ(outcome.written, 0u);
        ASSERT_EQ(outcome.failed.size(), 1u);
        EXPECT_NE(outcome.failed[0].reason.find("READ_CALL_LOG"), std::string::npos)
            << outcome.failed[0].reason;
    }
}

TEST_F(ProviderSources, APhoneThatLetsNobodyWriteLosesNothing) {
    start(some, "miui");
    WatchedSink sink;
    const Collection before = save("contacts", sink);
    ASSERT_EQ(before.reading, personal::Reading::complete) << before.why;
    wipe();
    forget_account("com.google");
    const auto outcome = restore("contacts", sink.tree);
    EXPECT_EQ(outcome.compared_equal, 0u);
    EXPECT_EQ(outcome.written, 0u);
    EXPECT_FALSE(outcome.failed.empty() && outcome.cannot_come_back.empty());
}

TEST_F(ProviderSources, SwallowedInsertsAreNamed) {
    start(some);
    WatchedSink sink;
    const Collection before = save("calls", sink);
    wipe();
    phone_->faults().with([](sim::FaultPlan& plan) { plan.content.swallow_after = 50; });
    const auto outcome = restore("calls", sink.tree);
    EXPECT_EQ(outcome.compared_equal, 50u);
    EXPECT_EQ(outcome.failed.size(), before.records.size() - 50);
    phone_->faults().clear();
    const auto again = restore("calls", sink.tree);
    EXPECT_EQ(again.already_there, 50u);
    expect_same(before, read("calls"));
}

TEST_F(ProviderSources, CutInTheMiddleItGoesOnAndNothingIsDoubled) {
    start(some);
    for (const char* id : {"contacts", "calendar", "calls"}) {
        wipe();
        phone_->fill_personal_data();
        forget_account("com.google");
        WatchedSink sink;
        const Collection before = patiently([&] { return save(id, sink); });
        wipe();
        size_t cuts = 0;
        for (const uint64_t bytes : {40'000u, 60'000u, 3'000u, 20'000u}) {
            patiently([&] { return read(id); });
            phone_->faults().with([&](sim::FaultPlan& plan) { plan.cut_after = bytes; });
            try {
                restore(id, sink.tree);
            } catch (const Temporary&) {
                ++cuts;
            } catch (const NeedsPerson&) {
                ++cuts;
            }
            phone_->faults().clear();
        }
        EXPECT_GT(cuts, 0u) << id;
        const auto last = patiently([&] { return restore(id, sink.tree); });
        EXPECT_TRUE(last.failed.empty()) << reasons(last);
        EXPECT_TRUE(last.conflicts.empty()) << reasons(last);
        expect_same(before, patiently([&] { return read(id); }));
    }
}

TEST_F(ProviderSources, TheDiskFullInTheMiddleIsNamedAndTheNextRunGoesOn) {
    start(some);
    forget_account("com.google");
    WatchedSink sink;
    const Collection before = save("contacts", sink);
    wipe();
    phone_->faults().with([](sim::FaultPlan& plan) { plan.content.full_after = 100; });
    const auto outcome = restore("contacts", sink.tree);
    ASSERT_FALSE(outcome.failed.empty());
    EXPECT_NE(outcome.failed.front().reason.find("full"), std::string::npos)
        << outcome.failed.front().reason;
    phone_->faults().clear();
    restore("contacts", sink.tree);
    expect_same(before, read("contacts"));
}

TEST_F(ProviderSources, AnAccountOnThePhoneBringsItsOwn) {
    start(some);
    WatchedSink sink;
    save("contacts", sink);
    save("calendar", sink);
    wipe();
    for (const char* id : {"contacts", "calendar"}) {
        const auto outcome = restore(id, sink.tree);
        EXPECT_FALSE(outcome.cannot_come_back.empty()) << id;
        EXPECT_TRUE(outcome.failed.empty()) << reasons(outcome);
        EXPECT_LT(outcome.written, outcome.wanted) << id;
    }
}

TEST_F(ProviderSources, AContactThatThePersonChangedIsLeftAsItIs) {
    start({.contacts = 10});
    forget_account("com.google");
    WatchedSink sink;
    save("contacts", sink);
    data([](sim::android::PersonalData& data) {
        data.contacts().sql().run(
            "UPDATE data SET data1='+44 999' WHERE _id=(SELECT min(_id) FROM data WHERE "
            "mimetype='vnd.android.cursor.item/phone_v2')");
    });
    const size_t count = read("contacts").records.size();
    const auto outcome = restore("contacts", sink.tree);
    EXPECT_EQ(outcome.written, 0u);
    EXPECT_EQ(outcome.conflicts.size(), 1u);
    EXPECT_EQ(read("contacts").records.size(), count);
}

TEST_F(ProviderSources, ADryRunWritesNothing) {
    start(some);
    forget_account("com.google");
    for (const char* id : {"contacts", "calls", "calendar", "dictionary"}) {
        WatchedSink sink;
        const Collection before = save(id, sink);
        wipe();
        EXPECT_EQ(restore(id, sink.tree, true).written, before.records.size()) << id;
        EXPECT_TRUE(read(id).records.empty()) << id;
        phone_->fill_personal_data();
        forget_account("com.google");
    }
}

TEST_F(ProviderSources, EveryAndroidIsReadOrSaysWhyNot) {
    for (const std::string& name : sim::personality_names()) {
        if (name == "locked") continue;
        start(some, name);
        EXPECT_EQ(read("contacts").reading, personal::Reading::complete) << name;
        EXPECT_EQ(read("calendar").reading, personal::Reading::complete) << name;
        const Collection calls = read("calls");
        EXPECT_EQ(calls.reading == personal::Reading::complete, calls.why.empty()) << name;
        if (calls.reading == personal::Reading::complete) {
            EXPECT_EQ(calls.records.size(), 80u) << name;
        }
        bus_.reset();
        phone_.reset();
    }
}

TEST_F(ProviderSources, WhatAnOldAndroidCannotTakeIsNamedAndTheRestComesBack) {
    start(some, "a10");
    forget_account("com.google");
    WatchedSink sink;
    const Collection before = save("contacts", sink);
    wipe();
    const auto outcome = restore("contacts", sink.tree);
    ASSERT_FALSE(outcome.failed.empty());
    for (const auto& one : outcome.failed)
        EXPECT_NE(one.reason.find("colon"), std::string::npos) << one.label << ": " << one.reason;
    EXPECT_EQ(outcome.compared_equal + outcome.failed.size(), before.records.size());
    const auto again = restore("contacts", sink.tree);
    EXPECT_EQ(again.already_there, outcome.compared_equal);
    EXPECT_EQ(read("contacts").records.size(), before.records.size());
}

TEST_F(ProviderSources, AMovedTimeOfASeriesStaysWithItsSeries) {
    start(some);
    forget_account("com.google");
    data([](sim::android::PersonalData& data) {
        data.calendar().run(
            "INSERT INTO Events (calendar_id, title, dtstart, dtend, eventTimezone, original_id, "
            "originalInstanceTime) SELECT calendar_id, 'moved', dtstart+60000, dtstart+120000, "
            "'UTC', _id, dtstart FROM Events WHERE rrule IS NOT NULL ORDER BY _id LIMIT 1");
    });
    const auto series = [&] {
        std::string title;
        data([&](sim::android::PersonalData& data) {
            title = data.calendar()
                        .text(
                            "SELECT s.title FROM Events e JOIN Events s ON e.original_id=s._id "
                            "WHERE e.title='moved'")
                        .value_or("");
        });
        return title;
    };
    const std::string before = series();
    ASSERT_FALSE(before.empty());
    round_trip("calendar");
    EXPECT_EQ(series(), before);
}

TEST_F(ProviderSources, PicturesComeBackAsTheyWere) {
    start(some);
    forget_account("com.google");
    const auto contents = [&](const WatchedSink& sink) {
        std::multiset<std::string> all;
        sink.tree.list(ItemPath("personal/contacts/photos"), [&](const Item& item) {
            all.insert(sink.content(std::string(item.path.text())));
        });
        return all;
    };
    WatchedSink sink;
    save("contacts", sink);
    wipe();
    restore("contacts", sink.tree);
    WatchedSink after;
    save("contacts", after);
    EXPECT_EQ(contents(after), contents(sink));
}

}  // namespace
}  // namespace lifeboat::phone::android
