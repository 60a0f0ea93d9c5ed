#include "sim/ios/fault_words.h"

#include "base/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lifeboat::sim::ios {
namespace {

TEST(FaultWords, SetEachKindOfField) {
    FaultPlan plan;
    set_fault(plan, "die-after-files", "150");
    set_fault(plan, "die-detaches", "off");
    set_fault(plan, "batch", "16");
    set_fault(plan, "pause-per-batch", "250");
    set_fault(plan, "hostile", "five-items");
    set_fault(plan, "fail-files", "HomeDomain/a=b.txt=6");
    set_fault(plan, "new-password", "40=a tide=table");
    EXPECT_EQ(plan.new_password->after_files, 40u);
    EXPECT_EQ(plan.new_password->password, "a tide=table");
    EXPECT_EQ(plan.die_after_files, 150u);
    EXPECT_FALSE(plan.die_detaches);
    EXPECT_EQ(plan.batch, 16u);
    EXPECT_EQ(plan.pause_per_batch.count(), 250);
    EXPECT_EQ(plan.hostile, Hostile::five_items);
    EXPECT_EQ(plan.fail_files.at("HomeDomain/a=b.txt"), 6);
}

TEST(FaultWords, OffTakesBack) {
    FaultPlan plan;
    for (const auto& [name, value] : {std::pair{"die-after-files", "1"},
                                      {"batch", "3"},
                                      {"hostile", "huge-length"},
                                      {"fail-files", "A/b=1"},
                                      {"new-password", "0=x"}}) {
        set_fault(plan, name, value);
        set_fault(plan, name, "off");
    }
    EXPECT_FALSE(plan.die_after_files);
    EXPECT_EQ(plan.batch, FaultPlan{}.batch);
    EXPECT_EQ(plan.hostile, Hostile::none);
    EXPECT_TRUE(plan.fail_files.empty());
    EXPECT_FALSE(plan.new_password);
}

TEST(FaultWords, WrongWordsAreRefused) {
    FaultPlan plan;
    EXPECT_THROW(set_fault(plan, "explode", "on"), Misuse);
    EXPECT_THROW(set_fault(plan, "purge", "yes"), Misuse);
    EXPECT_THROW(set_fault(plan, "batch", "0"), Misuse);
    EXPECT_THROW(set_fault(plan, "batch", "many"), Misuse);
    EXPECT_THROW(set_fault(plan, "fail-files", "A/b"), Misuse);
    EXPECT_THROW(set_fault(plan, "fail-files", "A/b=256"), Misuse);
    EXPECT_THROW(set_fault(plan, "hostile", "polite"), Misuse);
    for (const char* wrong : {"5", "5=", "=word", "many=word"})
        EXPECT_THROW(set_fault(plan, "new-password", wrong), Misuse) << wrong;
    EXPECT_THAT(fault_help(), testing::HasSubstr("stall-after-files"));
}

}  // namespace
}  // namespace lifeboat::sim::ios
