#include "app/estimate.h"

#include <gtest/gtest.h>

namespace lifeboat::app {
namespace {

using std::chrono::seconds;

// One sample a second at a steady rate, from `from` to `to`.
void run(Estimator& estimator, int from, int to, uint64_t per_second, uint64_t total) {
    for (int i = from; i <= to; ++i) {
        estimator.add(seconds(i), static_cast<uint64_t>(i) * per_second, total);
    }
}

TEST(Estimator, NothingBeforeTheTotalIsKnown) {
    Estimator estimator;
    run(estimator, 0, 60, 100, 0);
    EXPECT_FALSE(estimator.estimate());
    ASSERT_TRUE(estimator.rate());
    EXPECT_NEAR(*estimator.rate(), 100, 1);
}

TEST(Estimator, NothingBeforeTenSecondsOfALongJob) {
    Estimator estimator;
    run(estimator, 0, 9, 100, 1'000'000);
    EXPECT_FALSE(estimator.estimate());
    run(estimator, 10, 10, 100, 1'000'000);
    EXPECT_TRUE(estimator.estimate());
}

TEST(Estimator, TwoSecondsAreEnoughForAShortJob) {
    Estimator estimator;
    run(estimator, 0, 1, 100, 1000);
    EXPECT_FALSE(estimator.estimate());
    run(estimator, 2, 2, 100, 1000);
    const auto estimate = estimator.estimate();
    ASSERT_TRUE(estimate);
    EXPECT_LE(estimate->least, seconds(8));
    EXPECT_GE(estimate->most, seconds(8));
}

TEST(Estimator, TheTruthLiesInTheRange) {
    Estimator estimator;
    run(estimator, 0, 20, 50, 50 * 120);
    const auto estimate = estimator.estimate();
    ASSERT_TRUE(estimate);
    EXPECT_LT(estimate->least, seconds(100));
    EXPECT_GT(estimate->most, seconds(100));
    EXPECT_FALSE(estimate->grew);
}

TEST(Estimator, SaysWhenItGrows) {
    Estimator estimator;
    run(estimator, 0, 20, 100, 6000);
    ASSERT_TRUE(estimator.estimate());
    for (int i = 21; i <= 60; ++i) {  // a tenth of the speed
        estimator.add(seconds(i), 2000 + static_cast<uint64_t>(i - 20) * 10, 6000);
    }
    const auto slower = estimator.estimate();
    ASSERT_TRUE(slower);
    EXPECT_TRUE(slower->grew);
}

TEST(Estimator, StandingStillGivesNoEstimate) {
    Estimator estimator;
    for (int i = 0; i <= 30; ++i) estimator.add(seconds(i), 500, 6000);
    EXPECT_FALSE(estimator.estimate());
}

}  // namespace
}  // namespace lifeboat::app
