// Recordings of real phones that may not be copied into this project: read where they lie beside
// it.
#include "phone/android/battery.h"
#include "phone/android/connectivity.h"
#include "phone/android/lock_state.h"
#include "phone/android/packages.h"
#include "phone/android/wifi_status.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#ifndef LIFEBOAT_SAMPLES
#define LIFEBOAT_SAMPLES LIFEBOAT_TEST_DATA "/../../../shared/samples"
#endif

namespace lifeboat::phone::android {
namespace {

class Samples : public testing::Test {
protected:
    void SetUp() override {
        if (!std::filesystem::is_directory(folder())) {
            GTEST_SKIP() << "no recordings at " << folder();
        }
    }
    static std::string folder() { return LIFEBOAT_SAMPLES "/android/"; }
    static std::string text(const std::string& name) {
        std::ifstream in(folder() + name, std::ios::binary);
        EXPECT_TRUE(in.good()) << name;
        return {std::istreambuf_iterator<char>(in), {}};
    }
};

TEST_F(Samples, Battery) {
    const auto pixel = parse_battery(text("battery/pixel_a14_or_15.txt")).value;
    ASSERT_TRUE(pixel);
    EXPECT_EQ(pixel->percent, 80u);
    EXPECT_TRUE(pixel->plugged);
    EXPECT_FALSE(pixel->charging);
    const auto samsung = parse_battery(text("battery/samsung_long.txt")).value;
    ASSERT_TRUE(samsung);
    EXPECT_EQ(samsung->percent, 100u);
    EXPECT_TRUE(samsung->charging);
}

TEST_F(Samples, Network) {
    EXPECT_FALSE(parse_wifi_status(text("wifi_status/disabled.txt")).value->enabled);
    const auto wifi = parse_wifi_status(text("wifi_status/samsung_a13_connected.txt")).value;
    ASSERT_TRUE(wifi);
    EXPECT_TRUE(wifi->connected);
    EXPECT_EQ(wifi->ssid, "REDACTED");
    EXPECT_EQ(wifi->signal_dbm, -38);
    const auto network = parse_connectivity(text("connectivity/samsung_a13_wifi.txt")).value;
    ASSERT_TRUE(network);
    EXPECT_FALSE(network->metered);
    EXPECT_TRUE(network->validated);
    EXPECT_EQ(network->transport, "WIFI");
}

TEST_F(Samples, PackagesLockAndAccounts) {
    const auto packages = parse_packages(text("pm/list_packages_f.txt")).value;
    ASSERT_TRUE(packages);
    EXPECT_EQ(*packages, (std::set<std::string>{"com.example.app", "com.xiaomi.hm.health"}));
    EXPECT_EQ(parse_credential_type(text("lock/lock_settings_fragments.txt")).value, "PIN");
    EXPECT_EQ(parse_account_count(text("dumpsys_account/a11_portal_indent.txt")).value, 1u);
}

}  // namespace
}  // namespace lifeboat::phone::android
