// Picture messages where something goes wrong on the way: damaged files, conversations that the
// phone does not make, files that two share, tools that are ended in the middle.
#include "phone/android/personal/damaged_file_test.h"
#include "phone/android/personal/messages_right.h"
#include "phone/android/personal/messages_world_test.h"

#include <gmock/gmock.h>

namespace lifeboat::phone::android {
namespace {

using personal::Collection;
using personal::Mms;
using personal::RestoreOutcome;
using testing::HasSubstr;

std::vector<Mms> pictures_of(const FileTree& snapshot) {
    const auto lines = snapshot.open(ItemPath("personal/messages/messages.jsonl"));
    std::vector<Mms> pictures;
    for (auto& one : personal::decode_messages(as_text(read_all(*lines, 1 << 26)))) {
        if (auto* mms = std::get_if<Mms>(&one)) pictures.push_back(std::move(*mms));
    }
    return pictures;
}

ItemPath a_file_of(const std::vector<Mms>& pictures) {
    for (const Mms& one : pictures) {
        for (const auto& part : one.parts) {
            if (part.data) return ItemPath("personal/messages/" + part.data->file);
        }
    }
    throw Missing("no picture has a file");
}

class PictureMessages : public MessagesContract {
protected:
    // Pictures that were saved and are not on the phone any more.
    Collection saved(uint64_t sms, uint64_t mms) {
        phone_with(sms, mms);
        Collection before = read(&snapshot_);
        wipe();
        return before;
    }
    void run(const std::string& sql) {
        data([&](auto& personal) { personal.messages().sql().run(sql); });
    }
    void kill(std::string verb, uint64_t after, uint32_t times = 1) {
        phone_->faults().with([&](sim::FaultPlan& plan) {
            plan.content.killed =
                sim::KilledTool{.verb = std::move(verb), .after = after, .times = times};
        });
    }
    int64_t in_no_conversation() {
        return number(
            "SELECT count(*) FROM pdu WHERE thread_id IS NULL OR thread_id NOT IN (SELECT _id FROM "
            "threads)");
    }

    MemoryTree snapshot_{};
};

TEST_F(PictureMessages, ADamagedFileIsTheTroubleOfItsMessageOnly) {
    const Collection before = saved(18, 50);
    const TreeWithDamagedFile damaged(snapshot_, a_file_of(pictures_of(snapshot_)));
    const RestoreOutcome outcome = restore(damaged);
    ASSERT_GE(outcome.failed.size(), 1u);
    EXPECT_LE(outcome.failed.size(), 4u) << labels(outcome.failed);
    for (const auto& one : outcome.failed) EXPECT_THAT(one.reason, HasSubstr("damaged"));
    EXPECT_EQ(outcome.written, before.records.size());
    EXPECT_EQ(outcome.compared_equal, before.records.size() - outcome.failed.size());
    const RestoreOutcome again = restore(snapshot_);
    EXPECT_EQ(again.written, outcome.failed.size());
    EXPECT_TRUE(again.failed.empty()) << labels(again.failed);
    expect_same(before, read());
}

TEST_F(PictureMessages, WithoutAConversationTheyAreNamedAndNotWritten) {
    const Collection before = saved(0, 30);
    phone_->faults().with([](sim::FaultPlan& plan) { plan.content.busy_thread_each = 3; });
    const RestoreOutcome outcome = restore(snapshot_);
    ASSERT_GE(outcome.failed.size(), 3u);
    for (const auto& one : outcome.failed) EXPECT_THAT(one.reason, HasSubstr("database is locked"));
    EXPECT_EQ(outcome.written + outcome.failed.size(), before.records.size());
    EXPECT_EQ(outcome.compared_equal, outcome.written);
    EXPECT_EQ(in_no_conversation(), 0);
    phone_->faults().clear();
    const RestoreOutcome again = restore(snapshot_);
    EXPECT_EQ(again.written, outcome.failed.size());
    EXPECT_TRUE(again.failed.empty()) << labels(again.failed);
    EXPECT_EQ(in_no_conversation(), 0);
    expect_same(before, read());
}

TEST_F(PictureMessages, ATextToAGroupIsNotWrittenIntoAnotherConversation) {
    phone_with(10, 0);
    data([](auto& personal) {
        auto& messages = personal.messages();
        const int64_t group = messages.thread_of({"+447700900001", "+447700900002"}, 1);
        messages.sql().insert("sms", {{"thread_id", group},
                                      {"address", "+447700900001"},
                                      {"date", int64_t{1'700'000'000'123}},
                                      {"type", int64_t{2}},
                                      {"body", "to both"}});
    });
    const Collection before = read(&snapshot_);
    wipe();
    phone_->faults().with([](sim::FaultPlan& plan) { plan.content.busy_thread_each = 1; });
    const RestoreOutcome outcome = restore(snapshot_);
    ASSERT_EQ(outcome.failed.size(), 1u) << labels(outcome.failed);
    EXPECT_THAT(outcome.failed.front().reason, HasSubstr("database is locked"));
    EXPECT_EQ(number("SELECT count(*) FROM sms"), 10);
    phone_->faults().clear();
    EXPECT_EQ(restore(snapshot_).written, 1u);
    expect_same(before, read());
}

TEST_F(PictureMessages, ThoseThatAnEarlierRunLeftGetTheirConversation) {
    const Collection before = saved(0, 30);
    restore(snapshot_);
    run("UPDATE pdu SET thread_id=NULL WHERE _id%3=0");
    const int64_t lost = in_no_conversation();
    EXPECT_EQ(lost, 10);
    // One of them was cut in the middle, too.
    run("DELETE FROM part WHERE mid=(SELECT max(_id) FROM pdu WHERE thread_id IS NULL)");
    const RestoreOutcome outcome = restore(snapshot_);
    EXPECT_EQ(outcome.written, static_cast<uint64_t>(lost));
    EXPECT_EQ(outcome.already_there, before.records.size() - static_cast<uint64_t>(lost));
    EXPECT_TRUE(outcome.failed.empty()) << labels(outcome.failed);
    EXPECT_EQ(in_no_conversation(), 0);
    const auto pictures = pictures_of(snapshot_);
    MemoryTree now;
    expect_same(before, read(&now));
    const auto after = pictures_of(now);
    ASSERT_EQ(after.size(), pictures.size());
    for (size_t i = 0; i < after.size(); ++i)
        EXPECT_EQ(after[i].recipients, pictures[i].recipients);
    EXPECT_EQ(restore(snapshot_).written, 0u);
}

TEST_F(PictureMessages, EachAttachmentHasAFileOfItsOwn) {
    for (const bool named : {true, false}) {
        const Collection before = saved(0, 45);
        phone_->device().state().with([&](auto& state) { state.names_part_files = named; });
        const RestoreOutcome outcome = restore(snapshot_);
        EXPECT_TRUE(outcome.failed.empty()) << labels(outcome.failed);
        EXPECT_EQ(number("SELECT count(DISTINCT _data) FROM part"),
                  number("SELECT count(*) FROM part WHERE _data IS NOT NULL"));
        expect_same(before, read());
    }
}

TEST_F(PictureMessages, AFileThatAStrangersMessageHasTooIsLeftAndNamed) {
    const Collection before = saved(0, 8);
    restore(snapshot_);
    run("INSERT INTO pdu (_id, thread_id, date, msg_box, m_type, m_id) VALUES (900, 1, 5, 1, 132, "
        "'stranger')");
    run("INSERT INTO part (mid, ct, _data) SELECT 900, ct, _data FROM part WHERE ct='image/jpeg' "
        "LIMIT 1");
    run("UPDATE part_files SET bytes=x'' WHERE path=(SELECT _data FROM part WHERE mid=900)");
    const int64_t parts = number("SELECT count(*) FROM part");
    const RestoreOutcome outcome = restore(snapshot_);
    ASSERT_EQ(outcome.failed.size(), 1u) << labels(outcome.failed);
    EXPECT_THAT(outcome.failed.front().reason, HasSubstr("no file of its own"));
    EXPECT_EQ(number("SELECT count(*) FROM part"), parts);
    EXPECT_EQ(number("SELECT count(*) FROM part_files WHERE bytes=x''"), 1);
    run("DELETE FROM part WHERE mid=900");
    run("DELETE FROM pdu WHERE _id=900");
    EXPECT_TRUE(restore(snapshot_).failed.empty());
    expect_same(before, read());
}

TEST_F(PictureMessages, HalfAFileIsMadeWhole) {
    const Collection before = saved(0, 20);
    restore(snapshot_);
    run("UPDATE part_files SET bytes=substr(bytes, 1, 500) WHERE path IN (SELECT _data FROM part "
        "WHERE ct='image/jpeg' ORDER BY _id LIMIT 3)");
    run("UPDATE part_files SET bytes=x'' WHERE path=(SELECT _data FROM part WHERE ct='image/jpeg' "
        "ORDER BY _id DESC LIMIT 1)");
    MemoryTree between;
    read(&between, &snapshot_);
    const RestoreOutcome outcome = restore(snapshot_);
    EXPECT_EQ(outcome.written, 4u);
    EXPECT_TRUE(outcome.failed.empty()) << labels(outcome.failed);
    EXPECT_TRUE(outcome.conflicts.empty()) << labels(outcome.conflicts);
    expect_same(before, read());
    MemoryTree after;
    expect_same(before, read(&after, &between));
}

TEST_F(PictureMessages, AFileThatIsNoBeginOfOursStaysAsItIs) {
    saved(0, 8);
    restore(snapshot_);
    run("UPDATE part_files SET bytes=x'616263' WHERE path=(SELECT _data FROM part WHERE "
        "ct='image/jpeg' LIMIT 1)");
    const RestoreOutcome outcome = restore(snapshot_);
    ASSERT_EQ(outcome.failed.size(), 1u) << labels(outcome.failed);
    EXPECT_THAT(outcome.failed.front().reason, HasSubstr("other contents"));
    EXPECT_EQ(number("SELECT count(*) FROM part_files WHERE bytes=x'616263'"), 1);
}

TEST_F(PictureMessages, AToolThatIsEndedWhileItWritesIsNamed) {
    const Collection before = saved(0, 12);
    kill("write", 700);
    const RestoreOutcome outcome = restore(snapshot_);
    ASSERT_EQ(outcome.failed.size(), 1u) << labels(outcome.failed);
    EXPECT_THAT(outcome.failed.front().reason, HasSubstr("Killed"));
    const RestoreOutcome again = restore(snapshot_);
    EXPECT_EQ(again.written, 1u);
    EXPECT_TRUE(again.failed.empty()) << labels(again.failed);
    expect_same(before, read());
}

TEST_F(PictureMessages, AToolThatIsEndedWhileItReadsGivesNoHalfFile) {
    phone_with(0, 12);
    const Collection before = read();
    kill("read", 300);
    expect_same(before, read());
    kill("read", 300, 10'000);
    MemoryTree cut;
    const Collection without = read(&cut);
    EXPECT_THAT(without.gaps, testing::Contains(HasSubstr("does not give them")));
    for (const Mms& one : pictures_of(cut)) {
        for (const auto& part : one.parts) EXPECT_FALSE(part.data) << part.data->size;
    }
    for (const auto& [path, why] : cut.refused()) EXPECT_THAT(why, HasSubstr("Killed"));
    EXPECT_GE(cut.refused().size(), 12u);
    phone_->faults().clear();
    MemoryTree whole;
    expect_same(before, read(&whole, &cut));
}

TEST_F(PictureMessages, AFileThatIsLargerThanMostIsReadToo) {
    phone_with(0, 6);
    const Bytes film(size_t{17} << 20, std::byte{'f'});
    data([&](auto& personal) {
        auto& messages = personal.messages();
        const auto path = messages.sql().text("SELECT _data FROM part WHERE ct='image/jpeg'");
        messages.put_part_file(*path, film);
    });
    MemoryTree snapshot;
    read(&snapshot);
    size_t found = 0;
    for (const Mms& one : pictures_of(snapshot)) {
        for (const auto& part : one.parts) found += part.data && part.data->size == film.size();
    }
    EXPECT_EQ(found, 1u);
    EXPECT_TRUE(snapshot.refused().empty());
}

struct Warnings final : EventSink {
    void on(const Event& event) noexcept override {
        const auto* noted = std::get_if<Noted>(&event);
        if (noted != nullptr && noted->severity == Severity::warning) texts += noted->text + "\n";
    }
    std::string texts{};
};

TEST_F(PictureMessages, ARightThatThePhoneDoesNotTakeBackIsSaid) {
    phone_with(1, 0);
    const Shell shell(link().server, link().serial);
    Warnings warnings;
    const auto may_change = [&](bool may) {
        phone_->device().state().with([&](auto& state) { state.usb_may_write = may; });
    };
    {
        MessagesRight right(shell, warnings);
        EXPECT_EQ(right.take({}), std::nullopt);
        may_change(false);
        right.give_back({});
        EXPECT_THAT(warnings.texts, HasSubstr("Turn off \"USB debugging\""));
        EXPECT_EQ(this->right(), "allow");
        warnings.texts.clear();
    }
    EXPECT_EQ(warnings.texts, "");
    MessagesRight(shell, warnings).put_back_what_a_killed_run_left({});
    EXPECT_THAT(warnings.texts, HasSubstr("Turn off \"USB debugging\""));
    may_change(true);
    warnings.texts.clear();
    MessagesRight(shell, warnings).put_back_what_a_killed_run_left({});
    EXPECT_EQ(warnings.texts, "");
    EXPECT_EQ(this->right(), "ignore");
}

}  // namespace
}  // namespace lifeboat::phone::android
