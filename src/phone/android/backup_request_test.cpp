// Asking for a backup in Google's cloud: over a real adb server, and that nothing which deletes
// such backups is ever sent.
#include "phone/android/backup_request.h"

#include "phone/android/contract_world_test.h"
#include "phone/phone.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>

namespace lifeboat::phone::android {
namespace {

namespace fs = std::filesystem;

std::string text_of(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

// Switching Android's backup off, starting it afresh or moving it deletes what is in the cloud. So
// of bmgr's words the program may hold only those that ask.
TEST(BackupRequest, OnlyWordsThatLoseNothing) {
    constexpr std::array<std::string_view, 3> allowed{"enabled", "list transports", "backupnow"};
    constexpr std::array<std::string_view, 3> never{"put secure backup_", "backup_auto_restore",
                                                    "\"bmgr\""};
    size_t asked = 0;
    size_t files = 0;
    for (const auto& entry : fs::recursive_directory_iterator(LIFEBOAT_TEST_DATA "/../../src")) {
        const std::string path = entry.path().string();
        const bool is_code = path.ends_with(".cpp") || path.ends_with(".h");
        if (!is_code || path.ends_with("_test.cpp") || path.find("/src/sim/") != path.npos)
            continue;
        ++files;
        const std::string text = text_of(entry.path());
        for (const std::string_view word : never) EXPECT_EQ(text.find(word), text.npos) << path;
        constexpr std::string_view tool = "bmgr ";
        for (size_t at = text.find(tool); at != text.npos; at = text.find(tool, at + 1)) {
            const auto rest = std::string_view(text).substr(at + tool.size());
            ++asked;
            EXPECT_TRUE(std::any_of(allowed.begin(), allowed.end(),
                                    [&](auto word) { return rest.starts_with(word); }))
                << path << ": bmgr " << rest.substr(0, 30);
        }
    }
    EXPECT_GT(files, 100u);
    EXPECT_GE(asked, 3u);
}

class CloudBackup : public AndroidContract {};

TEST_F(CloudBackup, SaysWhatEachAppDid) {
    auto& phone = simulated({.personality = "a14"});
    phone.device().state().with([](sim::DeviceState& s) {
        s.cloud.backup.results["com.whatsapp"] = "NO_DATA";
        s.cloud.backup.results["com.example.bank"] = "Size quota exceeded";
    });
    const CloudBackupReport report = connected()->ask_cloud_backup({});
    EXPECT_EQ(report.finished, "Success");
    EXPECT_EQ(report.count(BackupResult::stored_nothing), 1u);
    EXPECT_EQ(report.count(BackupResult::over_quota), 1u);
    EXPECT_GT(report.count(BackupResult::asked), 2u);
    EXPECT_EQ(phone.device().snapshot().cloud.backup.asked, 1u);
}

TEST_F(CloudBackup, AsksNothingWhereItWouldGoNowhere) {
    auto& phone = simulated({.personality = "a14"});
    const auto set = [&](auto change) {
        phone.device().state().with([&](sim::DeviceState& s) { change(s.cloud.backup); });
    };
    set([](sim::GoogleBackup& b) { b.has_account = false; });
    EXPECT_THROW(connected()->ask_cloud_backup({}), Denied);
    set([](sim::GoogleBackup& b) { b.enabled = false; });
    EXPECT_THROW(connected()->ask_cloud_backup({}), Denied);
    set([](sim::GoogleBackup& b) { b.activated = false; });
    EXPECT_THROW(connected()->ask_cloud_backup({}), Denied);
    EXPECT_EQ(phone.device().snapshot().cloud.backup.asked, 0u);
}

TEST_F(CloudBackup, NotWithoutGoogle) {
    auto& phone = simulated({.personality = "no-gms"});
    EXPECT_THROW(connected()->ask_cloud_backup({}), Denied);
    EXPECT_EQ(phone.device().snapshot().cloud.backup.asked, 0u);
}

}  // namespace
}  // namespace lifeboat::phone::android
