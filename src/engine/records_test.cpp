#include "engine/engine_world.h"

namespace lifeboat::engine {
namespace {

class RecordsTest : public EngineTest {
protected:
    RecordsTest() {
        phone.records = {
            {.id = "contacts", .records = {{"ada", "1", "Ada"}, {"bo", "2", "Bo"}}},
            {.id = "calls", .reading = personal::Reading::refused, .why = "not on this Android"},
            {.id = "settings", .weight = personal::Weight::noted, .records = {{"a", "1", "a"}}}};
    }
    personal::Collection& contacts() { return phone.records[0]; }
};

TEST_F(RecordsTest, AreNoFilesOfThePhone) {
    make_backup();
    const auto report = audit(phone, *first, latest(), context());
    EXPECT_FALSE(report.lost_something());
    EXPECT_EQ(report.same, 20u);
    const auto restored = restore_to_phone(*first, latest(), phone, {}, context());
    EXPECT_EQ(restored.files, 0u);
    EXPECT_FALSE(phone.files.find(personal::inventory_path()));
}

TEST_F(RecordsTest, ALostOrChangedOneIsALoss) {
    make_backup();
    contacts().records = {{"bo", "3", "Bo"}, {"cy", "4", "Cy"}};
    const auto report = audit(phone, *first, latest(), context());
    EXPECT_TRUE(report.lost_something());
    ASSERT_EQ(report.records.size(), 3u);
    const personal::Change& change = report.records[0];
    ASSERT_EQ(change.lost.size(), 1u);
    EXPECT_EQ(change.lost[0].label, "Ada");
    ASSERT_EQ(change.changed.size(), 1u);
    EXPECT_EQ(change.changed[0].label, "Bo");
    ASSERT_EQ(change.added.size(), 1u);
    const auto* evidence = report.evidence.find("audit.class_lost", "contacts");
    ASSERT_NE(evidence, nullptr);
    EXPECT_EQ(evidence->value, "1");
}

TEST_F(RecordsTest, WhatAnUpdateMayChangeIsNoLoss) {
    make_backup();
    phone.records[2].records[0].digest = "2";
    EXPECT_FALSE(audit(phone, *first, latest(), context()).lost_something());
}

TEST_F(RecordsTest, AClassThatIsNotShownAnyMoreIsNotCalledWhole) {
    make_backup();
    contacts().reading = personal::Reading::refused;
    const auto report = audit(phone, *first, latest(), context());
    EXPECT_FALSE(report.lost_something());
    EXPECT_EQ(report.not_comparable(), 1u);  // not the calls: nobody saw any before
}

TEST_F(RecordsTest, ComeBackByClass) {
    make_backup();
    contacts().records.clear();
    const auto outcomes =
        restore_records(*first, latest(), phone, {.classes = {"contacts"}}, context());
    ASSERT_EQ(outcomes.size(), 1u);
    EXPECT_EQ(outcomes[0].written, 2u);
    EXPECT_FALSE(audit(phone, *first, latest(), context()).lost_something());
}

TEST_F(RecordsTest, AClassThatIsNoneIsToldBeforeAnythingIsWritten) {
    make_backup();
    EXPECT_THROW(restore_records(*first, latest(), phone, {.classes = {"stamps"}}, context()),
                 Misuse);
}

TEST_F(RecordsTest, AnOlderBackupHasNone) {
    phone.records.clear();
    make_backup();
    EXPECT_THROW(restore_records(*first, latest(), phone, {}, context()), Missing);
    EXPECT_TRUE(audit(phone, *first, latest(), context()).records.empty());
}

TEST_F(RecordsTest, AreEvidenceAndSoIsARefusal) {
    const auto report = make_ready(strong());
    const auto* counted = report.evidence.find("inventory.count", "contacts");
    ASSERT_NE(counted, nullptr);
    EXPECT_EQ(counted->value, "2");
    const auto* refused = report.evidence.find("inventory.count", "calls");
    ASSERT_NE(refused, nullptr);
    EXPECT_FALSE(refused->value);
    EXPECT_EQ(refused->why_unknown, "not on this Android");
    EXPECT_TRUE(report.proof_mismatches.empty());
}

}  // namespace
}  // namespace lifeboat::engine
