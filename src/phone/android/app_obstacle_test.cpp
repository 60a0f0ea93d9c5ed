#include "phone/android/app_obstacle.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace lifeboat::phone::android {
namespace {

constexpr const char* notes = "com.example.notes";

std::string dump(uint32_t target, const std::string& flags) {
    return fmt::format(
        "Packages:\n  Package [{}] (1):\n    versionCode=5 minSdk=21 targetSdk={}\n{}", notes,
        target, flags.empty() ? "" : "    flags=[ " + flags + " ]\n");
}

AppObstacle obstacle(uint32_t target, const std::string& flags, uint32_t sdk, uint64_t saved = 5) {
    return obstacle_in(dump(target, flags), notes, saved, sdk);
}

TEST(AppObstacle, WhatKeepsAnAppFromItsData) {
    EXPECT_EQ(obstacle_in("Unable to find package\n", notes, 5, 33), AppObstacle::not_installed);
    EXPECT_EQ(obstacle(30, "HAS_CODE ALLOW_BACKUP", 33), AppObstacle::none);
    EXPECT_EQ(obstacle(30, "HAS_CODE", 33), AppObstacle::allows_nothing);
    EXPECT_EQ(obstacle(31, "ALLOW_BACKUP", 33), AppObstacle::refused_by_phone);
    EXPECT_EQ(obstacle(34, "ALLOW_BACKUP", 30), AppObstacle::none);
    EXPECT_EQ(obstacle(34, "ALLOW_BACKUP DEBUGGABLE", 34), AppObstacle::none);
    EXPECT_EQ(obstacle(30, "ALLOW_BACKUP", 33, 6), AppObstacle::older);
    EXPECT_EQ(obstacle(30, "ALLOW_BACKUP RESTORE_ANY_VERSION", 33, 6), AppObstacle::none);
    EXPECT_EQ(obstacle(34, "", 33), AppObstacle::none);  // the phone does not say
}

}  // namespace
}  // namespace lifeboat::phone::android
