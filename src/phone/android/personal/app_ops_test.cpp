#include "phone/android/personal/app_ops.h"

#include <gtest/gtest.h>

namespace lifeboat::phone::android {
namespace {

constexpr std::string_view told =
    "Uid mode: COARSE_LOCATION: foreground\n"
    "MANAGE_EXTERNAL_STORAGE: allow\n"
    "CAMERA: allow; time=+3d2h1m5s4ms ago; duration=+12s2ms\n"
    "SYSTEM_ALERT_WINDOW: ignore; rejectTime=+2h0m1s3ms ago\n"
    "MANAGE_EXTERNAL_STORAGE: deny\n"
    "GET_USAGE_STATS: default; time=+1s0ms ago\n"
    "RUN_ANY_IN_BACKGROUND: allow (running)\n"
    "POST_NOTIFICATION: ignore\n";

TEST(AppOps, WhatIsNotAsUsualIsTold) {
    const auto ops = parse_app_ops(told,
                                   "Uid mode: COARSE_LOCATION: foreground\n"
                                   "MANAGE_EXTERNAL_STORAGE: allow\n");
    const personal::AppOps wanted{{"MANAGE_EXTERNAL_STORAGE", {"allow", true}},
                                  {"POST_NOTIFICATION", {"ignore", false}},
                                  {"SYSTEM_ALERT_WINDOW", {"ignore", false}}};
    EXPECT_EQ(ops, wanted);
}

TEST(AppOps, APrefixedLineCountsToo) {
    const std::string_view text = "Uid mode: SCHEDULE_EXACT_ALARM: deny\n";
    const personal::AppOps wanted{{"SCHEDULE_EXACT_ALARM", {"deny", true}}};
    EXPECT_EQ(parse_app_ops(text, text), wanted);
}

TEST(AppOps, OtherAnswersTellNothing) {
    for (const std::string_view text :
         {"", "No operations.\n", "Error: No UID for org.example in user 0\n",
          "SYSTEM_ALERT_WINDOW\n", "SYSTEM_ALERT_WINDOW: \n", "SYSTEM_ALERT_WINDOW: mode=7\n",
          "SYSTEM_ALERT_WINDOW: allow'; reboot\n", "X_UNKNOWN: deny\n"}) {
        EXPECT_TRUE(parse_app_ops(text, "").empty()) << text;
    }
}

}  // namespace
}  // namespace lifeboat::phone::android
