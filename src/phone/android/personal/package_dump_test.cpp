#include "phone/android/personal/package_dump.h"

#include "phone/android/personal/networks_source.h"
#include "phone/android/personal/roles_source.h"
#include "phone/android/personal/settings_table.h"

#include <gtest/gtest.h>

namespace lifeboat::phone::android {
namespace {

constexpr std::string_view dump = R"(Activity Resolver Table:
  Non-Data Actions:
      versionCode=1 minSdk=1 targetSdk=1

Packages:
  Package [org.example.other] (aaaa):
    versionCode=5 minSdk=5 targetSdk=5
    User 0: installed=true
      runtime permissions:
        android.permission.READ_SMS: granted=true, flags=[ ]
  Package [org.example.notes] (3f1c2d):
    userId=10234
    codePath=/data/app/~~x==/org.example.notes-y==
    versionCode=21 minSdk=24 targetSdk=22
    versionName=2.1 beta=3
    firstInstallTime=2025-01-04 10:11:12
    flags=[ HAS_CODE ALLOW_CLEAR_USER_DATA ALLOW_BACKUP ]
    lastUpdateTime=2025-06-04 10:11:12
    installerPackageName=com.android.vending
    signatures=PackageSignatures{1b2c version:3, signatures:[ffe1, 38a0f7d5], past signatures:[1]}
    install permissions:
      android.permission.INTERNET: granted=true
    User 0: ceDataInode=1 installed=true
      gids=[3003]
      runtime permissions:
        android.permission.CAMERA: granted=true, flags=[ USER_SET ]
        android.permission.READ_SMS: granted=false, flags=[ ]
        bad name: granted=true
      disabledComponents:
        android.permission.FAKE: granted=true
    User 10: ceDataInode=0 installed=true
      firstInstallTime=1970-01-01 00:00:00
      runtime permissions:
        android.permission.RECORD_AUDIO: granted=true, flags=[ ]

Hidden system packages:
  Package [org.example.notes] (111):
    versionCode=1 minSdk=1 targetSdk=1
)";

TEST(PackageDump, FlagsOfAPackage) {
    EXPECT_EQ(parse_package_flags(dump, "org.example.notes"),
              (std::set<std::string>{"ALLOW_BACKUP", "ALLOW_CLEAR_USER_DATA", "HAS_CODE"}));
    EXPECT_EQ(parse_package_flags(dump, "org.example.other"), std::nullopt);
    EXPECT_EQ(parse_package_flags(dump, "org.example.none"), std::nullopt);
}

TEST(PackageDump, OnlyItsOwnBlockAndTheFirstUserCount) {
    personal::App app{.package = "org.example.notes"};
    ASSERT_TRUE(read_package_dump(dump, app));
    EXPECT_EQ(app.version_code, 21u);
    EXPECT_EQ(app.version_name, "2.1 beta=3");
    EXPECT_EQ(app.min_sdk, 24u);
    EXPECT_EQ(app.target_sdk, 22u);
    EXPECT_EQ(app.installed, "2025-01-04 10:11:12");
    EXPECT_EQ(app.installer, "com.android.vending");
    EXPECT_EQ(app.signatures, (std::vector<std::string>{"38a0f7d5", "ffe1"}));
    EXPECT_EQ(app.granted, std::vector<std::string>{"android.permission.CAMERA"});
    personal::App none{.package = "org.example"};
    EXPECT_FALSE(read_package_dump(dump, none));
    EXPECT_FALSE(read_package_dump("", none));
}

TEST(PackageDump, ListsWithAndWithoutEverything) {
    const auto all = parse_package_list(
        "package:/data/app/~~a==/org.x-b==/base.apk=org.x versionCode:7  installer=com.s "
        "uid:10001\r\n"
        "package:/data/app/y-1/base.apk=org.y versionCode:8  installer=null uid:10002,1010002\n"
        "package:org.z\nnonsense\npackage:/a=b;c versionCode:1\n");
    ASSERT_EQ(all.size(), 2u);
    EXPECT_EQ(all[0].package, "org.x");
    EXPECT_EQ(all[0].base_path, "/data/app/~~a==/org.x-b==/base.apk");
    EXPECT_EQ(all[0].version_code, 7u);
    EXPECT_EQ(all[0].installer, "com.s");
    EXPECT_EQ(all[0].uid, 10001u);
    EXPECT_EQ(all[1].installer, "");
    EXPECT_EQ(all[1].uid, 10002u) << "another user has it, too";
}

TEST(PackageDump, PathsAreWhole) {
    EXPECT_EQ(parse_package_paths("package:/data/app/x/base.apk\npackage:base.apk\n"
                                  "package:/data/app/x/..\npackage:/data/app/x/split_a-b.apk\n"),
              (std::vector<std::string>{"/data/app/x/base.apk", "/data/app/x/split_a-b.apk"}));
}

TEST(PackageDump, OnlySessionsOfAComputer) {
    const auto open = parse_open_sessions(
        "Active install sessions:\n  Session 12:\n    mOriginalInstallerUid=2000 x\n"
        "    appPackageName=org.a appIcon=false\n  Session 13:\n    mOriginalInstallerUid=10140\n"
        "    appPackageName=org.b\n  Session 14:\n    mInstallerUid=2000\n"
        "    appPackageName=null\n\nHistorical install sessions:\n  Session 15:\n"
        "    mInstallerUid=2000\n    appPackageName=org.c\n");
    EXPECT_EQ(open, (std::map<uint64_t, std::string>{{12, "org.a"}}));
}

TEST(SettingsTable, EveryLineThatCouldBeOneIsOne) {
    EXPECT_EQ(parse_settings("a=1\nb=x=y\ncontinued\nc=\n=5\n two words=1\n"),
              (SettingsTable{{"a", "1"}, {"b", "x=y"}, {"c", ""}}));
}

TEST(Roles, OneHolderEach) {
    EXPECT_EQ(parse_roles("roles=[\n{\nname=a.SMS\nholders=org.x\n}\n{\nname=a.HOME\n}\n"
                          "{\nname=a.X\nholders=[\norg.y\norg.z\n]\n}\nholders=org.stray\n"),
              (std::map<std::string, std::string>{{"a.SMS", "org.x"}}));
}

TEST(Networks, OneForSeveralRows) {
    const auto all = parse_networks(
        "Network Id      SSID                         Security type\n"
        "0            Harbour                          wpa2-psk\n"
        "0            Harbour                          wpa3-sae^\n"
        "12           a b c                            open\n"
        "x            y                                open\nshort\n");
    ASSERT_EQ(all.size(), 2u);
    EXPECT_EQ(all[0], (personal::Network{"Harbour", "wpa2-psk", ""}));
    EXPECT_EQ(all[1], (personal::Network{"a b c", "open", ""}));
}

TEST(Networks, TheStoreHasPasswords) {
    const auto all = parse_wifi_store(
        "<WifiConfiguration>\n<string name=\"ConfigKey\">&quot;a&amp;b&quot;WPA_PSK</string>\n"
        "<string name=\"SSID\">&quot;a&amp;b&quot;</string>\n"
        "<string name=\"PreSharedKey\">&quot;it&apos;s &lt;x&gt;&quot;</string>\n"
        "</WifiConfiguration>\n<WifiConfiguration>\n"
        "<string name=\"ConfigKey\">ff00SAE</string><string name=\"SSID\">ff00</string>\n"
        "</WifiConfiguration><WifiConfiguration><string name=\"SSID\">cut");
    ASSERT_EQ(all.size(), 2u);
    EXPECT_EQ(all[0], (personal::Network{"a&b", "wpa2-psk", "it's <x>"}));
    EXPECT_EQ(all[1].ssid, std::string("\xff\x00", 2));
}

}  // namespace
}  // namespace lifeboat::phone::android
