#include "phone/android/battery.h"

#include <gtest/gtest.h>

namespace lifeboat::phone::android {
namespace {

std::string dump(const std::string& lines) {
    return "Current Battery Service state:\n" + lines;
}

constexpr const char* plain =
    "  AC powered: false\n  USB powered: true\n  Wireless powered: false\n"
    "  status: 2\n  health: 2\n  present: true\n  level: 84\n  scale: 100\n  temperature: 287\n";

TEST(Battery, ReadsPlainState) {
    const auto battery = parse_battery(dump(plain)).value;
    ASSERT_TRUE(battery);
    EXPECT_EQ(battery->percent, 84u);
    EXPECT_TRUE(battery->plugged);
    EXPECT_TRUE(battery->charging);
    EXPECT_EQ(battery->tenths_celsius, 287);
    EXPECT_EQ(battery->health, "good");
}

TEST(Battery, PluggedButNotChargingWhenTooHot) {
    const auto battery = parse_battery(dump("  AC powered: true\n  USB powered: false\n"
                                            "  status: 4\n  health: 3\n  level: 80\n"
                                            "  scale: 100\n"))
                             .value;
    ASSERT_TRUE(battery);
    EXPECT_TRUE(battery->plugged);
    EXPECT_FALSE(battery->charging);
    EXPECT_EQ(battery->health, "overheat");
}

TEST(Battery, ScaleIsNotAlwaysHundred) {
    const auto battery = parse_battery(dump("  AC powered: false\n  status: 3\n  level: 150\n"
                                            "  scale: 200\n"))
                             .value;
    ASSERT_TRUE(battery);
    EXPECT_EQ(battery->percent, 75u);
}

TEST(Battery, MakersRepeatKeysBelowTheBlock) {
    const auto battery =
        parse_battery(dump(std::string(plain) + "  charge counter: 2967000\n"
                                                "  LED Charging: true\n"
                                                "SOME_FEATURE: true\n"
                                                "  level: 3\n  USB powered: false\n"
                                                "[EventLogBuffer]\n  level: 5\n"))
            .value;
    ASSERT_TRUE(battery);
    EXPECT_EQ(battery->percent, 84u);
}

TEST(Battery, RepeatedKeyInsideTheBlockDoesNotCount) {
    const auto battery = parse_battery(dump(std::string(plain) + "  level: 1\n")).value;
    ASSERT_TRUE(battery);
    EXPECT_EQ(battery->percent, 84u);
}

TEST(Battery, FrozenStateIsUnknown) {
    const auto answer =
        parse_battery(dump(std::string("  (UPDATES STOPPED -- use 'reset' to restart)\n") + plain));
    EXPECT_FALSE(answer.value);
    EXPECT_NE(answer.why_unknown.find("frozen"), std::string::npos);
}

TEST(Battery, CarriageReturnsDoNotMatter) {
    std::string text;
    for (const char c : dump(plain)) text += c == '\n' ? std::string("\r\n") : std::string(1, c);
    ASSERT_TRUE(parse_battery(text).value);
    EXPECT_EQ(parse_battery(text).value->percent, 84u);
}

TEST(Battery, UnknownForms) {
    for (const std::string& text :
         {std::string(), std::string("Can't find service: battery\n"), dump(""),
          dump("  level: 84\n  scale: 100\n  status: 2\n"),  // no source of power is listed
          dump("  AC powered: yes\n  status: 2\n  level: 8\n  scale: 100\n"),
          dump("  AC powered: true\n  status: 2\n  level: 120\n  scale: 100\n"),
          dump("  AC powered: true\n  status: 2\n  level: 8\n  scale: 0\n"),
          dump("  AC powered: true\n  status: 1\n  level: 8\n  scale: 100\n"),
          dump("  AC powered: true\n  status: 2\n  level: 84%\n  scale: 100\n")}) {
        const auto answer = parse_battery(text);
        EXPECT_FALSE(answer.value) << text;
        EXPECT_FALSE(answer.why_unknown.empty()) << text;
    }
}

}  // namespace
}  // namespace lifeboat::phone::android
