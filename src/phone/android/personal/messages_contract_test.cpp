// Messages of a simulated phone behind Debian's adb: read, wiped, put back, read again.
#include "personal/sms_xml.h"
#include "phone/android/personal/messages_world_test.h"

#include <gmock/gmock.h>

namespace lifeboat::phone::android {
namespace {

using personal::Change;
using personal::Collection;
using personal::RestoreOutcome;
using testing::HasSubstr;

TEST_F(MessagesContract, EverythingThePhoneShowsIsRead) {
    phone_with(200, 12);
    MemoryTree snapshot;
    const Collection messages = read(&snapshot);
    EXPECT_EQ(messages.reading, personal::Reading::complete) << messages.why;
    const auto visible = static_cast<size_t>(
        number("SELECT (SELECT count(*) FROM sms WHERE type IN (1,2)) + (SELECT count(*) FROM pdu "
               "WHERE msg_box IN (1,2) AND m_type!=130)"));
    EXPECT_EQ(messages.records.size(), visible);
    EXPECT_THAT(messages.gaps, testing::Contains(HasSubstr("drafts")));
    const auto lines = snapshot.open(ItemPath("personal/messages/messages.jsonl"));
    const auto all = personal::decode_messages(as_text(read_all(*lines, 1 << 26)));
    EXPECT_EQ(all.size(), visible);
    // Each text is there to the byte.
    const auto hostile = data([](auto& personal) {
        std::multiset<std::string> bodies;
        const auto rows = personal.messages().sql().rows(
            "SELECT hex(body) FROM sms WHERE type IN (1,2) AND "
            "body IS NOT NULL");
        for (const auto& row : rows.rows) bodies.insert(std::get<std::string>(row[0]));
        return bodies;
    });
    std::multiset<std::string> read_bodies;
    for (const auto& message : all) {
        const auto* sms = std::get_if<personal::Sms>(&message);
        if (sms == nullptr || !sms->body) continue;
        std::string hex;
        for (const unsigned char c : *sms->body) hex += fmt::format("{:02X}", c);
        read_bodies.insert(hex);
    }
    EXPECT_EQ(read_bodies.size(), hostile.size());
    EXPECT_TRUE(read_bodies == hostile);
}

TEST_F(MessagesContract, TheXmlHoldsTheSameMessagesAndFiles) {
    phone_with(60, 12);
    MemoryTree snapshot;
    const Collection messages = read(&snapshot);
    const auto source = snapshot.open(ItemPath("personal/messages/messages.xml"));
    const Bytes text = read_all(*source, 1 << 28);
    std::multiset<size_t> sizes;
    const auto xml = personal::read_sms_xml(as_text(text), [&](Bytes bytes, const std::string&) {
        sizes.insert(bytes.size());
        return personal::Attachment{.file = "x", .size = bytes.size()};
    });
    EXPECT_TRUE(xml.complete());
    EXPECT_EQ(xml.messages.size(), messages.records.size());
    EXPECT_EQ(sizes.size(), static_cast<size_t>(number(
                                "SELECT count(*) FROM part_files JOIN part ON path=part._data "
                                "JOIN pdu ON mid=pdu._id WHERE msg_box IN (1,2)")));
}

TEST_F(MessagesContract, AttachmentsOfTheLastBackupAreNotReadAgain) {
    phone_with(20, 12);
    MemoryTree first;
    const Collection before = read(&first);
    WatchedSink second(&first);
    MessagesSource source(link());
    const Collection after = source.read({.sink = &second, .previous = &first}, events_, {});
    expect_same(before, after);
    EXPECT_GE(second.personal_kept, 5u);
    EXPECT_EQ(
        second.content("personal/messages/messages.jsonl"),
        to_text(read_all(*first.open(ItemPath("personal/messages/messages.jsonl")), 1 << 26)));
}

TEST_F(MessagesContract, RowsOfOtherNumbersAreTheSameMessages) {
    phone_with(200, 12);
    const Collection before = read();
    data([](auto& personal) { personal.renumber(); });
    expect_same(before, read());
}

TEST_F(MessagesContract, ComeBackOntoAnEmptyPhoneAndOnlyOnce) {
    phone_with(200, 12);
    MemoryTree snapshot;
    const Collection before = read(&snapshot);
    wipe();
    EXPECT_TRUE(read().records.empty());
    const RestoreOutcome trial = restore(snapshot, true);
    EXPECT_TRUE(read().records.empty());
    const RestoreOutcome outcome = restore(snapshot);
    EXPECT_EQ(trial.written, outcome.wanted);
    EXPECT_TRUE(outcome.failed.empty()) << labels(outcome.failed);
    EXPECT_EQ(outcome.compared_equal, before.records.size());
    expect_same(before, read());
    // Two bodies are longer than a word of a command may be: the phone's agent brought them back.
    EXPECT_EQ(events_.person_needed, 2u);
    EXPECT_EQ(right(), "ignore");

    const RestoreOutcome again = restore(snapshot);
    EXPECT_EQ(again.written, 0u);
    EXPECT_EQ(again.already_there, before.records.size());
    EXPECT_EQ(again.conflicts.size(), 0u) << labels(again.conflicts);
}

TEST_F(MessagesContract, ThreadsAreMadeByWhoIsInThem) {
    phone_with(100, 12);
    MemoryTree snapshot;
    read(&snapshot);
    const auto groups = number(
        "SELECT count(*) FROM threads WHERE recipient_ids LIKE '% %' AND "
        "_id IN (SELECT thread_id FROM pdu WHERE msg_box IN (1,2))");
    EXPECT_GT(groups, 0);
    wipe();
    restore(snapshot);
    EXPECT_EQ(number("SELECT count(*) FROM threads WHERE recipient_ids LIKE '% %'"), groups);
    EXPECT_EQ(number("SELECT count(*) FROM pdu WHERE thread_id IS NULL"), 0);
}

TEST_F(MessagesContract, ACutInTheMiddleDoublesNothing) {
    phone_with(1500, 12);
    MemoryTree snapshot;
    const Collection before = read(&snapshot);
    wipe();
    for (const uint64_t bytes : {uint64_t{12'000}, uint64_t{90'000}, uint64_t{220'000}}) {
        phone_->faults().with([&](sim::FaultPlan& plan) { plan.cut_after = bytes; });
        EXPECT_THROW(restore(snapshot), Temporary) << bytes;
        phone_->faults().clear();
        plug_in_again();
    }
    const RestoreOutcome last = restore(snapshot);
    EXPECT_GT(last.already_there, 0u);
    EXPECT_TRUE(last.failed.empty()) << labels(last.failed);
    EXPECT_TRUE(last.conflicts.empty()) << labels(last.conflicts);
    expect_same(before, read());
    EXPECT_EQ(right(), "ignore");
}

TEST_F(MessagesContract, ARightThatAKilledRunLeftIsPutBack) {
    phone_with(5, 0);
    data([](auto& personal) { personal.app_ops().set("com.android.shell", "WRITE_SMS", "allow"); });
    read();
    EXPECT_EQ(right(), "ignore");
}

TEST_F(MessagesContract, WhatThePhoneSwallowsIsNamed) {
    phone_with(100, 0);
    MemoryTree snapshot;
    const Collection before = read(&snapshot);
    wipe();
    phone_->faults().with([](sim::FaultPlan& plan) { plan.content.swallow_after = 60; });
    const RestoreOutcome outcome = restore(snapshot);
    // Two that are too long for the tool went by the agent, which is not swallowed.
    EXPECT_EQ(outcome.written, 62u);
    EXPECT_EQ(outcome.compared_equal, 62u);
    EXPECT_EQ(outcome.failed.size(), before.records.size() - 62) << labels(outcome.failed);
    EXPECT_EQ(right(), "ignore");
    phone_->faults().clear();
    restore(snapshot);
    expect_same(before, read());
}

TEST_F(MessagesContract, WhereNothingIsKeptThePhonesAgentBringsThemBack) {
    phone_with(100, 12);
    MemoryTree snapshot;
    const Collection before = read(&snapshot);
    wipe();
    phone_->faults().with([](sim::FaultPlan& plan) { plan.content.swallow_after = 0; });
    const RestoreOutcome outcome = restore(snapshot);
    EXPECT_GE(events_.person_needed, 1u);
    EXPECT_EQ(right(), "ignore");
    // Pictures and one of two equal texts do not come back this way, which is said.
    EXPECT_EQ(outcome.cannot_come_back.size(), 3u);
    EXPECT_EQ(outcome.compared_equal + outcome.failed.size(), before.records.size());
    const Change change = personal::compare(before, read());
    EXPECT_EQ(change.lost.size() + change.changed.size(), outcome.failed.size())
        << labels(outcome.failed);
    EXPECT_EQ(change.same, outcome.compared_equal);
    const RestoreOutcome again = restore(snapshot);
    EXPECT_EQ(again.already_there, outcome.compared_equal);
    EXPECT_EQ(read().records.size(), before.records.size() - change.lost.size());
}

TEST_F(MessagesContract, ByTheAgentOnRequest) {
    phone_with(1200, 0);
    MemoryTree snapshot;
    const Collection before = read(&snapshot);
    wipe();
    by_agent_ = true;
    const RestoreOutcome outcome = restore(snapshot);
    // A twin, a text that is no UTF-8, and the lock of some.
    const Change change = personal::compare(before, read());
    EXPECT_EQ(change.lost.size(), 2u);
    EXPECT_EQ(outcome.failed.size(), 2 + change.changed.size()) << labels(outcome.failed);
    EXPECT_EQ(outcome.compared_equal, change.same);
    EXPECT_GT(change.same, 1100u);
}

TEST_F(MessagesContract, ADialogThatNobodyAllowsIsAFailureOfEach) {
    phone_with(18, 0);
    MemoryTree snapshot;
    read(&snapshot);
    wipe();
    phone_->device().state().with([](auto& state) { state.adb_backup.tap = sim::Tap::deny; });
    by_agent_ = true;
    const RestoreOutcome outcome = restore(snapshot);
    EXPECT_EQ(outcome.failed.size(), 18u);
    EXPECT_EQ(outcome.written, 0u);
}

TEST_F(MessagesContract, AFullPhoneIsSaid) {
    phone_with(18, 0);
    MemoryTree snapshot;
    read(&snapshot);
    wipe();
    phone_->faults().with([](sim::FaultPlan& plan) { plan.content.full_after = 10; });
    const RestoreOutcome outcome = restore(snapshot);
    EXPECT_EQ(outcome.written, 10u);
    ASSERT_EQ(outcome.failed.size(), 8u);
    EXPECT_THAT(outcome.failed.front().reason, HasSubstr("full"));
}

TEST_F(MessagesContract, APhoneThatDoesNotLetUsWriteIsSaidInWords) {
    phone_with(18, 0, "miui");
    MemoryTree snapshot;
    const Collection before = read(&snapshot);
    EXPECT_EQ(before.reading, personal::Reading::complete);
    const RestoreOutcome there = restore(snapshot);
    EXPECT_EQ(there.already_there, 18u);
    wipe();
    phone_->device().state().with([](auto& state) { state.adb_backup.tap = sim::Tap::deny; });
    const RestoreOutcome outcome = restore(snapshot);
    EXPECT_EQ(outcome.failed.size(), 18u);
    EXPECT_EQ(outcome.written, 0u);
    EXPECT_THAT(outcome.failed.front().reason, HasSubstr("Security settings"));
    EXPECT_THAT(outcome.failed.front().reason, HasSubstr("backup agent"));
}

TEST_F(MessagesContract, WhereTheRightIsRefusedThePhonesAgentBringsThemBack) {
    phone_with(60, 0, "miui");
    MemoryTree snapshot;
    const Collection before = read(&snapshot);
    wipe();
    const RestoreOutcome planned = restore(snapshot, true);
    EXPECT_EQ(planned.written, before.records.size());
    const size_t asked = events_.person_needed;
    const RestoreOutcome outcome = restore(snapshot);
    EXPECT_GT(events_.person_needed, asked);
    const Change change = personal::compare(before, read());
    // One of two equal texts, a text that is no UTF-8, and a lock: which the agent does not carry.
    EXPECT_EQ(change.lost.size(), 2u) << labels(outcome.failed);
    EXPECT_EQ(change.same, outcome.compared_equal);
    EXPECT_EQ(outcome.failed.size(), 2 + change.changed.size()) << labels(outcome.failed);
    EXPECT_GT(outcome.compared_equal, 50u) << labels(outcome.failed);
    const RestoreOutcome again = restore(snapshot);
    EXPECT_EQ(again.already_there, outcome.compared_equal);
}

TEST_F(MessagesContract, APhoneThatBreaksOffItsAnswersLosesNoOtherClass) {
    phone_with(18, 0);
    MemoryTree snapshot;
    read(&snapshot);
    phone_->faults().with([](sim::FaultPlan& plan) { plan.content.fail_after_rows = 3; });
    const Collection broken = read();
    EXPECT_EQ(broken.reading, personal::Reading::refused);
    EXPECT_FALSE(broken.why.empty());
    const RestoreOutcome outcome = restore(snapshot);
    EXPECT_EQ(outcome.failed.size(), 18u);
    EXPECT_EQ(outcome.written, 0u);
}

TEST_F(MessagesContract, EveryAndroidGivesTheSame) {
    for (const char* personality : {"a10", "a11", "a12-samsung", "pixel-a15", "a16"}) {
        phone_with(60, 6, personality);
        MemoryTree snapshot;
        const Collection before = read(&snapshot);
        EXPECT_GE(before.records.size(), 66u) << personality;
        wipe();
        const RestoreOutcome outcome = restore(snapshot);
        EXPECT_EQ(outcome.compared_equal + outcome.failed.size(), before.records.size());
        // Android 10 passes no colon on: texts with one go by the agent, which carries no files.
        const Change change = personal::compare(before, read());
        EXPECT_TRUE(change.lost.empty()) << personality;
        EXPECT_EQ(change.changed.size(), outcome.failed.size()) << labels(outcome.failed);
        const size_t most = personality == std::string("a10") ? 2 : 0;
        EXPECT_LE(outcome.failed.size(), most) << personality << labels(outcome.failed);
    }
}

}  // namespace
}  // namespace lifeboat::phone::android
