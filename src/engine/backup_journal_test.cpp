#include "engine/backup_journal.h"

#include "base/error.h"
#include "engine/engine_world.h"
#include "storage/temporary_folder.h"

#include <fstream>

namespace lifeboat::engine {
namespace {

using storage::TemporaryFolder;

std::string text_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

const JournalOwner owner{
    .repository = "r1", .device_key = "S1,\xff", .parent = repository::SnapshotId{{std::byte{7}}}};
const std::vector<JournalStep> steps{
    KeptAll{}, PutFolder{ItemPath("u/00")},
    PutFile{ItemPath("u/00/\xfe"),
            {.size = 5, .modified = TimePoint{nanoseconds{12}}, .sha256 = {{std::byte{3}}}},
            {repository::BlobId{{std::byte{1}}}, repository::BlobId{{std::byte{2}}}}},
    Moved{ItemPath("u/00/a"), ItemPath("u/01/b")}, Removed{ItemPath("u/02")}};

TEST(BackupJournalTest, GivesBackWhatWasSettled) {
    const TemporaryFolder folder;
    const std::string path = journal_path(folder.path().string(), owner);
    EXPECT_FALSE(read_journal(path));
    BackupJournal journal(path, owner);
    for (const JournalStep& step : steps) journal.add(step);
    journal.settle();
    journal.add(Removed{ItemPath("nobody/waited/for/this")});
    const auto stored = read_journal(path);
    ASSERT_TRUE(stored);
    EXPECT_EQ(stored->owner, owner);
    EXPECT_EQ(stored->steps, steps);
    remove_journal(path);
    remove_journal(path);
    EXPECT_FALSE(read_journal(path));
}

TEST(BackupJournalTest, ATornTailCountsOnlyToItsLastClosedBatch) {
    const TemporaryFolder folder;
    const std::string path = journal_path(folder.path().string(), owner);
    BackupJournal journal(path, owner);
    journal.add(steps[0]);
    journal.settle();
    const size_t first_batch = text_of(path).size();
    for (size_t i = 1; i < steps.size(); ++i) journal.add(steps[i]);
    journal.settle();
    const std::string whole = text_of(path);
    for (size_t size = 0; size < whole.size(); ++size) {
        const auto torn = as_bytes(std::string_view(whole).substr(0, size));
        if (size < whole.find('\n') + 1) {
            EXPECT_THROW(decode_journal(torn), Corrupt) << size;
        } else {
            EXPECT_EQ(decode_journal(torn).steps.size(), size < first_batch ? 0u : 1u) << size;
        }
    }
    EXPECT_EQ(decode_journal(as_bytes(whole)).steps, steps);
}

TEST(BackupJournalTest, AByteThatTurnedNeverMakesAStepOfItsOwn) {
    const TemporaryFolder folder;
    const std::string path = journal_path(folder.path().string(), owner);
    BackupJournal journal(path, owner);
    for (const JournalStep& step : steps) journal.add(step);
    journal.settle();
    const std::string whole = text_of(path);
    for (size_t at = whole.find('\n') + 1; at < whole.size(); ++at) {
        std::string hurt = whole;
        hurt[at] = '\x01';  // never part of a line
        EXPECT_TRUE(decode_journal(as_bytes(hurt)).steps.empty()) << at;
    }
}

TEST(BackupJournalTest, EachPhoneAndRepositoryHasItsOwn) {
    JournalOwner other = owner;
    other.device_key = "S2";
    EXPECT_NE(journal_path("/j", owner), journal_path("/j", other));
    other = owner;
    other.repository = "r2";
    EXPECT_NE(journal_path("/j", owner), journal_path("/j", other));
    other = owner;
    other.parent.reset();
    EXPECT_EQ(journal_path("/j", owner), journal_path("/j", other));
}

// The power goes: nothing is thrown that anybody could act on.
struct PowerCut {};

// Sends into a staging folder, then moves.
class DrivingPhone final : public SelfDrivingPhone {
public:
    size_t batches = 3;
    std::optional<size_t> cut_after{};  // steps that were settled
    std::vector<std::string> found{};   // at the start of the last run
    size_t sent = 0;

    DrivingPhone() : SelfDrivingPhone("U1") {}
    void backup(const FileTree*, ItemSink& sink, EventSink&, const std::stop_token&) override {
        sink.keep_all();
        found.clear();
        sent = 0;
        walk(sink.so_far(), ItemPath(), [&](const Item& item) {
            if (item.kind == ItemKind::file) found.push_back(item.path.text());
        });
        size_t settled = 0;
        const auto settle = [&] {
            sink.settle();
            if (++settled == cut_after) throw PowerCut{};
        };
        for (size_t batch = 0; batch < batches; ++batch) {
            for (int file = 0; file < 4; ++file) send(sink, name(batch, file));
            settle();
        }
        for (size_t batch = 0; batch < batches; ++batch) {
            for (int file = 0; file < 4; ++file) arrive(sink, name(batch, file));
            settle();
        }
        sink.remove(ItemPath("U1/Snapshot"));
        settle();
    }

private:
    static std::string name(size_t batch, int file) { return fmt::format("{}{}", batch, file); }
    static ItemPath staged(const std::string& name) { return ItemPath("U1/Snapshot/" + name); }
    static ItemPath final_place(const std::string& name) { return ItemPath("U1/" + name); }

    void send(ItemSink& sink, const std::string& name) {
        const FileTree& tree = sink.so_far();
        if (tree.find(staged(name)) || tree.find(final_place(name))) return;
        MemorySource content(to_bytes("content of " + name));
        sink.put({.path = staged(name)}, content);
        ++sent;
    }
    void arrive(ItemSink& sink, const std::string& name) {
        if (sink.so_far().find(staged(name))) sink.move(staged(name), final_place(name));
    }
};

class KilledBackupTest : public EngineTest {
protected:
    OperationContext journaled() {
        auto with_journal = context();
        with_journal.journal_folder = folder.path().string();
        return with_journal;
    }
    void run(DrivingPhone& driving) { backup(driving, driving.facts({}), *first, journaled()); }

    TemporaryFolder folder{};
};

TEST_F(KilledBackupTest, WhateverMomentThePowerGoesTheNextRunGoesOn) {
    for (size_t cut = 1; cut <= 7; ++cut) {
        first_disk.set_files(prepared().files);
        reopen();
        DrivingPhone driving;
        driving.cut_after = cut;
        EXPECT_THROW(run(driving), PowerCut);
        EXPECT_FALSE(newest_backup(first->snapshots({}), "U1"));
        reopen();
        driving.cut_after.reset();
        run(driving);
        const size_t were_sent = 4 * std::min<size_t>(cut, 3);
        EXPECT_EQ(driving.found.size(), were_sent) << cut;
        EXPECT_EQ(driving.sent, 12 - were_sent) << cut;
        const auto snapshot = *newest_backup(first->snapshots({}), "U1");
        EXPECT_TRUE(verify("p", *first, snapshot, Depth::deep, journaled()).clean());
        const auto tree = first->read(snapshot, {});
        EXPECT_EQ(load_manifest(*tree)->files.size(), 12u);
        EXPECT_EQ(to_text(read_all(*tree->open(ItemPath("U1/23")), 99)), "content of 23");
        EXPECT_FALSE(tree->find(ItemPath("U1/Snapshot")));
        EXPECT_FALSE(read_journal(
            journal_path(folder.path().string(), {.repository = first->id(), .device_key = "U1"})));
    }
}

TEST_F(KilledBackupTest, ALaterRunThatIsKilledLeavesTheLastBackupAndGoesOn) {
    DrivingPhone driving;
    run(driving);
    const auto before = *newest_backup(first->snapshots({}), "U1");
    driving.batches = 5;
    driving.cut_after = 7;  // in the moves
    EXPECT_THROW(run(driving), PowerCut);
    reopen();
    EXPECT_EQ(newest_backup(first->snapshots({}), "U1")->id, before.id);
    EXPECT_TRUE(verify("p", *first, before, Depth::deep, journaled()).clean());
    driving.cut_after.reset();
    run(driving);
    EXPECT_EQ(driving.found.size(), 20u);
    EXPECT_EQ(driving.sent, 0u);
    const auto tree = first->read(*newest_backup(first->snapshots({}), "U1"), {});
    EXPECT_EQ(load_manifest(*tree)->files.size(), 20u);
}

TEST_F(KilledBackupTest, BlobsThatAreGoneAreFilesToBeSentAgain) {
    DrivingPhone driving;
    driving.cut_after = 2;
    EXPECT_THROW(run(driving), PowerCut);
    first_disk.set_files(prepared().files);  // somebody pruned what no snapshot needs
    reopen();
    driving.cut_after.reset();
    run(driving);
    EXPECT_EQ(driving.sent, 12u);
    const auto snapshot = *newest_backup(first->snapshots({}), "U1");
    EXPECT_TRUE(verify("p", *first, snapshot, Depth::deep, journaled()).clean());
}

TEST_F(KilledBackupTest, AJournalThatAnotherRunOvertookIsNotUsed) {
    DrivingPhone driving;
    driving.cut_after = 2;
    EXPECT_THROW(run(driving), PowerCut);
    reopen();
    DrivingPhone elsewhere;  // another computer: without this journal
    backup(elsewhere, elsewhere.facts({}), *first, context());
    driving.cut_after.reset();
    run(driving);
    EXPECT_EQ(driving.found.size(), 12u);
    EXPECT_EQ(driving.sent, 0u);
}

}  // namespace
}  // namespace lifeboat::engine
