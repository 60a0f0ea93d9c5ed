#include "sim/ios/backup_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lifeboat::sim::ios {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

PhoneEntry file(const std::string& relative, int64_t modified, uint64_t size = 10) {
    return {.domain = "HomeDomain",
            .relative = relative,
            .id = backup_file_id("HomeDomain", relative),
            .facts = {.relative_path = relative, .size = size, .modified = modified}};
}

ManifestRow row_of(const PhoneEntry& entry) {
    return {.id = entry.id, .domain = entry.domain, .facts = entry.facts};
}

ManifestRows rows_of(const std::vector<PhoneEntry>& entries) {
    ManifestRows rows;
    for (const PhoneEntry& entry : entries) rows.emplace(entry.id, row_of(entry));
    return rows;
}

FileIds ids_of(const std::vector<PhoneEntry>& entries) {
    FileIds ids;
    for (const PhoneEntry& entry : entries) ids.insert(entry.id);
    return ids;
}

TEST(BackupPlan, FirstBackupSendsEveryFile) {
    const std::vector<PhoneEntry> phone{file("a", 1, 5), file("b", 2, 7)};
    const BackupPlan plan = plan_backup(phone, {});
    EXPECT_THAT(plan.send, ElementsAre(0, 1));
    EXPECT_EQ(plan.bytes, 12u);
    EXPECT_THAT(plan.rows, IsEmpty());
}

TEST(BackupPlan, FoldersAndLinksAreRowsOnly) {
    PhoneEntry folder = file("f", 1, 0);
    folder.kind = ItemKind::folder;
    PhoneEntry link = file("l", 1, 0);
    link.kind = ItemKind::symlink;
    const BackupPlan plan = plan_backup({folder, link}, {});
    EXPECT_THAT(plan.send, IsEmpty());
    ASSERT_EQ(plan.rows.size(), 2u);
    EXPECT_EQ(plan.rows[0].flags, manifest_flag::folder);
    EXPECT_EQ(plan.rows[1].flags, manifest_flag::link);
}

TEST(BackupPlan, SendsWhatHasAnotherDate) {
    const std::vector<PhoneEntry> before{file("same", 1), file("changed", 1)};
    const std::vector<PhoneEntry> now{file("same", 1), file("changed", 2), file("new", 1)};
    const BackupPlan plan =
        plan_backup(now, {.previous = rows_of(before), .in_backup = ids_of(before)});
    EXPECT_THAT(plan.send, ElementsAre(1, 2));
    ASSERT_EQ(plan.rows.size(), 1u);
    EXPECT_EQ(plan.rows[0].id, before[0].id);
    EXPECT_THAT(plan.waiting, IsEmpty());
}

TEST(BackupPlan, KeepsKeyAndSizeOfTheBytesThatWereSent) {
    PhoneEntry database = file("sms.db", 1, 4096);
    ManifestRow sent = row_of(database);
    sent.facts.size = 2048;  // compacted
    sent.facts.encryption_key = Bytes(44);
    sent.facts.protection_class = 2;
    database.facts.mode = 0100600;
    const BackupPlan plan =
        plan_backup({database}, {.previous = {{sent.id, sent}}, .in_backup = ids_of({database})});
    ASSERT_EQ(plan.rows.size(), 1u);
    EXPECT_EQ(plan.rows[0].facts.size, 2048u);
    EXPECT_EQ(plan.rows[0].facts.encryption_key.size(), 44u);
    EXPECT_EQ(plan.rows[0].facts.protection_class, 2u);
    EXPECT_EQ(plan.rows[0].facts.mode, 0100600u);
}

TEST(BackupPlan, WhatTheComputerDoesNotListIsSentAgain) {
    const std::vector<PhoneEntry> phone{file("a", 1), file("b", 1)};
    const BackupPlan plan =
        plan_backup(phone, {.previous = rows_of(phone), .in_backup = ids_of({phone[1]})});
    EXPECT_THAT(plan.send, ElementsAre(0));
}

TEST(BackupPlan, ResumingSkipsWhatIsInTheSnapshot) {
    const std::vector<PhoneEntry> phone{file("sent", 1), file("half", 1), file("edited", 2),
                                        file("lost", 1)};
    const BackupPlan plan =
        plan_backup(phone, {.draft = rows_of({file("sent", 1), file("edited", 1), file("lost", 1)}),
                            .in_snapshot = ids_of({phone[0], phone[1], phone[2]})});
    // "half" was cut: it is in the folder, but the phone never finished it.
    EXPECT_THAT(plan.send, ElementsAre(1, 2, 3));
    EXPECT_THAT(plan.waiting, ElementsAre(phone[0].id));
}

TEST(BackupPlan, MissingFilesAreSeenAndLinksAreNoFiles) {
    const std::vector<PhoneEntry> phone{file("a", 1), file("l", 1)};
    ManifestRows rows = rows_of(phone);
    EXPECT_TRUE(lacks_files(file_ids(rows), ids_of({phone[0]})));
    rows.at(phone[1].id).flags = manifest_flag::link;
    EXPECT_FALSE(lacks_files(file_ids(rows), ids_of({phone[0]})));
    EXPECT_TRUE(lacks_files(file_ids(rows), {}));
}

TEST(BackupPlan, VanishedFilesAreTheListedOnesWithoutARow) {
    const std::vector<PhoneEntry> phone{file("a", 1), file("b", 1)};
    EXPECT_THAT(vanished_files(ids_of({phone[0]}), ids_of(phone)), ElementsAre(phone[1].id));
    EXPECT_THAT(vanished_files(ids_of(phone), ids_of(phone)), IsEmpty());
}

}  // namespace
}  // namespace lifeboat::sim::ios
