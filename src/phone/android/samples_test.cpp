// Recordings of real phones that may not be copied into this project: read where they lie beside
// it.
#include "phone/android/accounts.h"
#include "phone/android/backup_run.h"
#include "phone/android/battery.h"
#include "phone/android/connectivity.h"
#include "phone/android/google_backup.h"
#include "phone/android/lock_state.h"
#include "phone/android/packages.h"
#include "phone/android/sync_state.h"
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
    const auto accounts = parse_accounts(text("dumpsys_account/a11_portal_indent.txt")).value;
    EXPECT_EQ(accounts, (std::vector<Account>{{"Facebook", "com.facebook.auth.login"}}));
}

// It breaks off before the table: what is there is known, the rest is not.
TEST_F(Samples, SyncOfAPartialText) {
    // 15:23:31 on this phone is 13:23:31 UTC.
    const auto state =
        parse_sync_state(text("dumpsys_content/a15_emulator_partial.txt"), 1747056211);
    EXPECT_EQ(state.master.value, true);
    EXPECT_EQ(state.pending.value, 0u);
    EXPECT_FALSE(state.authorities.value);
    EXPECT_FALSE(state.authorities.why_unknown.empty());
}

TEST_F(Samples, GoogleBackupOfAPartialText) {
    const auto service = parse_backup_service(text("dumpsys_backup/a9_stackoverflow_partial.txt"));
    EXPECT_FALSE(service.last_pass.value);
    EXPECT_NE(service.last_pass.why_unknown.find("since the phone"), std::string::npos);
    EXPECT_EQ(service.has_account.value, true);
    EXPECT_FALSE(service.apps_ever.value);
    EXPECT_FALSE(service.newest_full.value);
    EXPECT_EQ(parse_backup_transport(text("bmgr/list_transports_a12plus.txt")).value, "google");
}

TEST_F(Samples, BackupsAskedFor) {
    const auto rejected =
        parse_backup_run(text("bmgr/aosp_rejected_but_finished_success.txt")).value;
    ASSERT_TRUE(rejected);
    ASSERT_EQ(rejected->packages.size(), 2u);
    EXPECT_EQ(rejected->packages[0].result, BackupResult::asked);
    EXPECT_EQ(rejected->packages[1].result, BackupResult::rejected);
    const auto nothing = parse_backup_run(text("bmgr/aosp_nodata_success.txt")).value;
    ASSERT_TRUE(nothing);
    ASSERT_EQ(nothing->packages.size(), 2u);
    EXPECT_EQ(nothing->packages[0].result, BackupResult::asked);
    EXPECT_EQ(nothing->packages[1].result, BackupResult::stored_nothing);
}

}  // namespace
}  // namespace lifeboat::phone::android
