#include "phone/android/device_line.h"

#include <gtest/gtest.h>

namespace lifeboat::phone::android {
namespace {

TEST(DeviceLine, ReadsTheLongList) {
    const auto lines = parse_devices(
        "R58N123ABCD            device usb:1-4 product:beyond1 model:SM_G973F device:beyond1 "
        "transport_id:3\n"
        "192.168.10.20:5555     unauthorized transport_id:4\n"
        "emulator-5554          offline\n");
    ASSERT_EQ(lines.size(), 3u);
    EXPECT_EQ(lines[0], (DeviceLine{"R58N123ABCD", "device", "SM G973F"}));
    EXPECT_EQ(lines[1], (DeviceLine{"192.168.10.20:5555", "unauthorized", ""}));
    EXPECT_EQ(lines[2].state, "offline");
}

TEST(DeviceLine, StateWithBlanksAndAddress) {
    const auto lines = parse_devices(
        "????????????           no permissions (user in plugdev group; are your udev rules "
        "wrong?); "
        "see [http://developer.android.com/tools/device.html] usb:1-4 transport_id:1\n");
    ASSERT_EQ(lines.size(), 1u);
    EXPECT_EQ(readiness_of(lines[0].state), Readiness::no_permission);
    EXPECT_NE(instruction_for(lines[0].state).find("udev"), std::string::npos);
}

TEST(DeviceLine, ShortListHasATab) {
    const auto lines = parse_devices("ABC\tdevice\nDEF\trecovery\n");
    ASSERT_EQ(lines.size(), 2u);
    EXPECT_EQ(lines[1].serial, "DEF");
    EXPECT_EQ(readiness_of(lines[1].state), Readiness::other);
}

TEST(DeviceLine, WhatItCannotReadIsLeftOut) {
    EXPECT_TRUE(parse_devices("").empty());
    EXPECT_TRUE(parse_devices("\n   \nABC\nABC   flying saucer\n\tdevice\n").empty());
}

TEST(DeviceLine, EveryStateButReadyHasAnInstruction) {
    EXPECT_TRUE(instruction_for("device").empty());
    for (const char* state : {"unauthorized", "authorizing", "offline", "connecting", "recovery",
                              "sideload", "bootloader", "no permissions"}) {
        EXPECT_FALSE(instruction_for(state).empty()) << state;
    }
}

}  // namespace
}  // namespace lifeboat::phone::android
