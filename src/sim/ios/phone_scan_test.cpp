#include "sim/ios/phone_scan.h"

#include "base/error.h"
#include "sim/ios/computer_test.h"
#include "sim/ios/database_maker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lifeboat::sim::ios {
namespace {

using testing::ElementsAre;
using testing_parts::TemporaryFolder;
using testing_parts::write_file;

std::vector<std::string> places(const std::vector<PhoneEntry>& entries, ItemKind kind) {
    std::vector<std::string> names;
    for (const PhoneEntry& entry : entries) {
        if (entry.kind == kind) names.push_back(entry.domain + ":" + entry.relative);
    }
    return names;
}

TEST(PhoneScan, SeesFilesFoldersAndLinks) {
    const TemporaryFolder phone;
    write_file(phone.path() + "/HomeDomain/Library/SMS/sms.db", "text");
    std::filesystem::create_symlink("sms.db", phone.path() + "/HomeDomain/Library/SMS/link");
    const auto entries = scan_phone(phone.path(), true);
    EXPECT_THAT(places(entries, ItemKind::file), ElementsAre("HomeDomain:Library/SMS/sms.db"));
    EXPECT_THAT(places(entries, ItemKind::symlink), ElementsAre("HomeDomain:Library/SMS/link"));
    EXPECT_THAT(places(entries, ItemKind::folder),
                ElementsAre("HomeDomain:", "HomeDomain:Library", "HomeDomain:Library/SMS"));
    for (const PhoneEntry& entry : entries) {
        if (entry.kind == ItemKind::symlink) {
            EXPECT_EQ(entry.facts.link_target, "sms.db");
        }
        if (entry.kind != ItemKind::file) continue;
        EXPECT_EQ(entry.id, "3d0d7e5fb2ce288813306e4d4636395e047a3d28");
        EXPECT_EQ(entry.facts.size, 4u);
        EXPECT_FALSE(entry.is_database);
    }
}

TEST(PhoneScan, LeavesOutCachesAndWithoutAPasswordSecrets) {
    const TemporaryFolder phone;
    for (const char* path : {"AppDomain-a.b/Library/Caches/x", "AppDomain-a.b/tmp/x",
                             "CameraRollDomain/Media/com.apple.itunes.lock_sync",
                             "HealthDomain/Health/h", "HomeDomain/Library/CallHistoryDB/c",
                             "HomeDomain/Library/Cachesort", "KeychainDomain/k"}) {
        write_file(phone.path() + "/" + path, "x");
    }
    EXPECT_THAT(places(scan_phone(phone.path(), false), ItemKind::file),
                ElementsAre("HomeDomain:Library/Cachesort"));
    EXPECT_THAT(places(scan_phone(phone.path(), true), ItemKind::file),
                ElementsAre("HealthDomain:Health/h", "HomeDomain:Library/Cachesort",
                            "HomeDomain:Library/CallHistoryDB/c", "KeychainDomain:k"));
}

TEST(PhoneScan, JournalsBelongToTheirDatabase) {
    const TemporaryFolder phone;
    const std::string database = phone.path() + "/HomeDomain/a.db";
    write_file(database, as_text(make_database("CREATE TABLE t (x)")));
    write_file(database + "-wal", "");
    write_file(phone.path() + "/HomeDomain/song-wal", "no database's");
    using std::chrono::hours;
    const auto date = std::filesystem::last_write_time(database);
    std::filesystem::last_write_time(database, date - hours(48));
    std::filesystem::last_write_time(database + "-wal", date - hours(24));
    const auto entries = scan_phone(phone.path(), false);
    EXPECT_THAT(places(entries, ItemKind::file),
                ElementsAre("HomeDomain:a.db", "HomeDomain:song-wal"));
    for (const PhoneEntry& entry : entries) {
        if (entry.relative != "a.db") continue;
        EXPECT_TRUE(entry.is_database);
        // What is written goes into the journal first: its date is the one that tells.
        struct stat journal {};
        ASSERT_EQ(::stat((database + "-wal").c_str(), &journal), 0);
        EXPECT_EQ(entry.facts.modified, journal.st_mtim.tv_sec);
    }
}

TEST(PhoneScan, APhoneWithoutFilesIsAnError) {
    const TemporaryFolder phone;
    EXPECT_TRUE(scan_phone(phone.path(), false).empty());
    EXPECT_THROW(scan_phone(phone.path() + "/absent", false), Missing);
}

}  // namespace
}  // namespace lifeboat::sim::ios
