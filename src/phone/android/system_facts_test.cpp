#include "phone/android/accounts.h"
#include "phone/android/disk_space.h"
#include "phone/android/getprop.h"
#include "phone/android/lock_state.h"
#include "phone/android/packages.h"

#include <gtest/gtest.h>

namespace lifeboat::phone::android {
namespace {

constexpr const char* heading = "Filesystem     1K-blocks     Used Available Use% Mounted on\n";

TEST(DiskSpace, LastColumns) {
    const auto space =
        parse_df(std::string(heading) + "/dev/block/dm-9 115249236 90112340  25005824  79% /data\n")
            .value;
    ASSERT_TRUE(space);
    EXPECT_EQ(space->free_bytes, 25005824ull * 1024);
    EXPECT_EQ(space->total_bytes, 115249236ull * 1024);
}

TEST(DiskSpace, LongNameWraps) {
    const auto space = parse_df(std::string(heading) +
                                "/dev/block/platform/soc/1d84000.ufshc/by-name/userdata\n"
                                "               115249236 90112340  25005824  79% /data\n")
                           .value;
    ASSERT_TRUE(space);
    EXPECT_EQ(space->free_bytes, 25005824ull * 1024);
}

TEST(DiskSpace, UnknownForms) {
    EXPECT_FALSE(parse_df("").value);
    EXPECT_FALSE(parse_df("df: /data: Permission denied\n").value);
    EXPECT_FALSE(parse_df("Filesystem Size Used Free Blksize\n/data 12.0G 3.2G 8.8G 4096\n").value);
    EXPECT_FALSE(parse_df(std::string(heading) + "/dev/a 10 5 20 50% /data\n").value);
    EXPECT_FALSE(
        parse_df(std::string(heading) + "/dev/a 99999999999999999999 5 2 50% /data\n").value);
    EXPECT_FALSE(parse_df(std::string(heading) + "/dev/a -10 5 2 50% /data\n").value);
}

TEST(Getprop, ValuesMayHoldAnything) {
    const auto properties = parse_getprop(
        "[ro.build.version.release]: [13]\r\n[empty]: []\n[two]: [first line\nsecond]\n"
        "[odd]: [a]: [b]\nrubbish\n[cut]: [no end\n");
    EXPECT_EQ(properties.at("ro.build.version.release"), "13");
    EXPECT_EQ(properties.at("empty"), "");
    EXPECT_EQ(properties.at("two"), "first line\nsecond");
    EXPECT_EQ(properties.at("odd"), "a]: [b");
    EXPECT_FALSE(properties.contains("cut"));
    EXPECT_EQ(properties.size(), 4u);
}

TEST(Packages, BothForms) {
    const auto packages =
        parse_packages(
            "package:com.whatsapp\n"
            "package:/data/app/~~AAE==/org.thoughtcrime.securesms-EBE==/base.apk=org."
            "thoughtcrime.securesms versionCode:1  installer=x uid:3\n"
            "package:com.beemdevelopment.aegis\r\nnoise\npackage:bad name/..\n")
            .value;
    ASSERT_TRUE(packages);
    EXPECT_TRUE(packages->contains("com.whatsapp"));
    EXPECT_EQ(known_messengers(*packages), "com.whatsapp,org.thoughtcrime.securesms");
    EXPECT_EQ(known_authenticators(*packages), "com.beemdevelopment.aegis");
}

TEST(Packages, NothingIsUnknown) {
    EXPECT_FALSE(parse_packages("").value);
    EXPECT_FALSE(parse_packages("Error: java.lang.SecurityException\n").value);
    EXPECT_EQ(known_messengers({"com.example.app"}), "");
    EXPECT_EQ(known_vendor_tools({"com.sec.android.easyMover", "com.example.app"}),
              "com.sec.android.easyMover");
}

TEST(LockState, CurrentUserCounts) {
    const std::string text =
        "Trust manager state:\n"
        " User \"Guest deviceLocked=1\" (id=10, flags=0x14): trusted=0, deviceLocked=1\n"
        " User \"Ada\" (id=0, flags=0x13) (current): trusted=0, trustManaged=0, deviceLocked=0\n";
    EXPECT_EQ(parse_device_locked(text).value, false);
    EXPECT_FALSE(parse_device_locked("").value);
    EXPECT_FALSE(parse_device_locked(" User \"A\" (current): deviceLocked=maybe\n").value);
}

TEST(LockState, CredentialType) {
    EXPECT_EQ(parse_credential_type("  User 0\n    CredentialType: PATTERN\n").value, "PATTERN");
    EXPECT_FALSE(parse_credential_type("    CredentialType: RETINA\n").value);
    EXPECT_FALSE(parse_credential_type("").value);
}

TEST(Accounts, OfTheOwner) {
    const auto accounts = parse_accounts(
                              "User UserInfo{10:Work:30}:\n  Accounts: 1\n"
                              "    Account {name=w, type=com.google}\n"
                              "User UserInfo{0:Ada:c13}:\n  Accounts: 2\n"
                              "    Account {name=Accounts: 9, type=x, type=com.google}\n"
                              "    Account {name=b, type=com.whatsapp}\n\n  Accounts: 7\n"
                              "    Account {name=later, type=com.google}\n")
                              .value;
    ASSERT_TRUE(accounts);
    EXPECT_EQ(*accounts,
              (std::vector<Account>{{"Accounts: 9, type=x", "com.google"}, {"b", "com.whatsapp"}}));
    EXPECT_EQ(parse_accounts("User UserInfo{0:A:1}:\n  Accounts: 0\n").value->size(), 0u);
}

TEST(Accounts, UnknownForms) {
    EXPECT_FALSE(parse_accounts("").value);
    EXPECT_FALSE(parse_accounts("User UserInfo{0:Ada:c13}:\n").value);
    EXPECT_FALSE(parse_accounts("User UserInfo{0:A:1}:\n  Accounts: many\n").value);
    // A locked phone counts more than it shows.
    EXPECT_FALSE(parse_accounts("User UserInfo{0:A:1}:\n  Accounts: 2\n"
                                "    Account {name=a, type=b}\n\n")
                     .value);
    EXPECT_FALSE(
        parse_accounts("User UserInfo{0:A:1}:\n  Accounts: 1\n    Account {name=a}\n").value);
}

}  // namespace
}  // namespace lifeboat::phone::android
