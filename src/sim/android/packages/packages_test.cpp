#include "base/error.h"
#include "base/text.h"
#include "sim/android/packages/package_manager.h"
#include "sim/android/shell.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace lifeboat::sim {
namespace {

struct Done {
    int code = 0;
    std::string out{};
    std::string err{};
};

class PackagesTest : public testing::Test {
protected:
    ~PackagesTest() override { std::filesystem::remove_all(folder_); }

    static std::string make_folder() {
        std::string path = testing::TempDir() + "sim_packages_XXXXXX";
        if (::mkdtemp(path.data()) == nullptr) throw Misuse("no folder for the test");
        return path;
    }
    Device& phone(std::string_view who = "pixel-a15") {
        if (!phone_) {
            phone_ = std::make_unique<Device>(
                personality(who), "S", Storage::Rules{{{"/storage/emulated/0", folder_}}, {}},
                clock_);
        }
        return *phone_;
    }
    Done run(std::string_view command, std::string_view input = "") {
        Done done;
        ShellIo io;
        io.in = [&](MutableByteView into) {
            const size_t count = std::min(into.size(), input.size());
            std::copy_n(as_bytes(input).begin(), count, into.begin());
            input.remove_prefix(count);
            return count;
        };
        io.out = [&](std::string_view text) { done.out += text; };
        io.err = [&](std::string_view text) { done.err += text; };
        done.code = run_shell(phone(), command, io);
        return done;
    }
    std::string session(std::string_view options = "") {
        const std::string out = run(fmt::format("pm install-create -S 1000 {}", options)).out;
        const size_t at = out.find('[') + 1;
        return out.substr(at, out.find(']') - at);
    }
    // The failure's words, or "Success\n".
    std::string install(const ApkManifest& manifest, std::string_view options = "") {
        const std::string apk = to_text(make_apk(manifest, 100));
        return run(fmt::format("pm install {} -S {}", options, apk.size()), apk).out;
    }

    std::string folder_ = make_folder();
    sys::ManualClock clock_{TimePoint{std::chrono::seconds(1750000000)}};
    std::unique_ptr<Device> phone_{};
};

TEST_F(PackagesTest, EveryFileOfAnAppIsThere) {
    const Done paths = run("pm path com.whatsapp");
    const auto all = lines(paths.out);
    ASSERT_EQ(all.size(), 3u) << paths.out;
    EXPECT_TRUE(all[0].ends_with("==/base.apk"));
    EXPECT_TRUE(all[1].ends_with("==/split_config.arm64_v8a.apk"));
    for (const std::string_view line : all) {
        const std::string path(line.substr(line.find('/')));
        const Done apk = run(fmt::format("cat '{}'", path));
        EXPECT_EQ(read_apk(as_bytes(apk.out))->package, "com.whatsapp") << path;
        EXPECT_EQ(run(fmt::format("stat -c '%s %a %u' '{}'", path)).out,
                  fmt::format("{} 644 1000\n", apk.out.size()));
    }
    EXPECT_EQ(run("pm path com.example.none").code, 1);
    EXPECT_EQ(run("ls /data/app").code, 1);
    EXPECT_NE(run(fmt::format("rm '{}'", all[0].substr(8))).code, 0);
}

TEST_F(PackagesTest, ListsAsRealPhonesDo) {
    const std::string out = run("pm list packages -f -i -U --show-versioncode -3 aegis").out;
    const std::string path = run("pm path com.beemdevelopment.aegis").out;
    EXPECT_EQ(out, fmt::format("{}=com.beemdevelopment.aegis versionCode:68  "
                               "installer=com.android.vending uid:10255\n",
                               trim(path)));
}

TEST_F(PackagesTest, InstallsInFourSteps) {
    const ApkManifest base{.package = "org.example.notes", .required_splits = {"config.de"}};
    ApkManifest split = base;
    split.split = "config.de";
    const std::string one = to_text(make_apk(base, 5000));
    const std::string two = to_text(make_apk(split, 300));
    const std::string id = session("-i com.store --pkg org.example.notes");
    EXPECT_NE(run("dumpsys package installs").out.find("appPackageName=org.example.notes"),
              std::string::npos);
    EXPECT_EQ(run(fmt::format("pm install-write -S {} {} base.apk -", one.size(), id), one).out,
              fmt::format("Success: streamed {} bytes\n", one.size()));
    EXPECT_EQ(run(fmt::format("pm install-write -S {} {} b.apk -", two.size(), id), two).code, 0);
    EXPECT_EQ(run("pm install-commit " + id).out, "Success\n");
    EXPECT_EQ(lines(run("pm path org.example.notes").out).size(), 2u);
    EXPECT_EQ(run("pm list packages -i org.example").out,
              "package:org.example.notes  installer=com.store\n");
    EXPECT_EQ(run("pm install-commit " + id).code, 255);
}

TEST_F(PackagesTest, RefusesAsRealPhonesDo) {
    ApkManifest app{.package = "org.example.app", .version_code = 5};
    EXPECT_EQ(install(app), "Success\n");
    app.version_code = 4;
    EXPECT_EQ(install(app),
              "Failure [INSTALL_FAILED_VERSION_DOWNGRADE: Downgrade detected: Update version code "
              "4 is older than current 5]\n");
    app.version_code = 6;
    app.signer = "ffffffff";
    EXPECT_NE(install(app).find("INSTALL_FAILED_UPDATE_INCOMPATIBLE"), std::string::npos);
    ApkManifest old{.package = "org.example.old", .target_sdk = 22};
    EXPECT_NE(install(old).find("INSTALL_FAILED_DEPRECATED_SDK_VERSION"), std::string::npos);
    EXPECT_EQ(install(old, "--bypass-low-target-sdk-block"), "Success\n");
    ApkManifest part{.package = "org.example.part", .required_splits = {"config.x"}};
    EXPECT_NE(install(part).find("INSTALL_FAILED_MISSING_SPLIT"), std::string::npos);
    EXPECT_NE(run("pm install -S 5", "no app").out.find("INSTALL_PARSE_FAILED_NOT_APK"),
              std::string::npos);
    EXPECT_EQ(run("pm install-write -S 5 77 base.apk -", "12345").code, 255);
}

TEST_F(PackagesTest, AFullPhoneTakesNoMore) {
    phone().storage().set_free_bytes(2000);
    const std::string id = session();
    const std::string much(3000, 'x');
    const Done done = run("pm install-write -S 3000 " + id + " base.apk -", much);
    EXPECT_EQ(done.code, 255);
    EXPECT_NE(done.err.find("ENOSPC"), std::string::npos);
    EXPECT_EQ(run("pm install-abandon " + id).out, "Success\n");
    EXPECT_EQ(run("pm install-create -S 999999999").code, 255);
    EXPECT_EQ(run("dumpsys package installs").out.find("Session "), std::string::npos);
}

TEST_F(PackagesTest, GrantsAndItsRefusals) {
    const std::string camera = "com.whatsapp android.permission.RECORD_AUDIO";
    const std::string name = "android.permission.RECORD_AUDIO: granted=";
    EXPECT_NE(run("dumpsys package com.whatsapp").out.find(name + "false"), std::string::npos);
    EXPECT_EQ(run("pm grant " + camera).code, 0);
    EXPECT_NE(run("dumpsys package com.whatsapp").out.find(name + "true"), std::string::npos);
    EXPECT_EQ(run("pm revoke " + camera).code, 0);
    EXPECT_EQ(run("pm grant com.whatsapp android.permission.INTERNET").code, 255);
    EXPECT_NE(run("pm grant com.example.none a.b").err.find("Unknown package"), std::string::npos);
}

TEST_F(PackagesTest, AReinstalledAppHasANewUserAndNoGrants) {
    const std::string before = run("pm list packages -U aegis").out;
    const auto apk =
        run("cat " + std::string(trim(run("pm path com.beemdevelopment.aegis").out)).substr(8)).out;
    EXPECT_EQ(run("pm uninstall com.beemdevelopment.aegis").out, "Success\n");
    EXPECT_EQ(run("pm uninstall com.beemdevelopment.aegis").out,
              "Failure [DELETE_FAILED_INTERNAL_ERROR]\n");
    EXPECT_EQ(run(fmt::format("pm install -S {}", apk.size()), apk).out, "Success\n");
    EXPECT_NE(run("pm list packages -U aegis").out, before);
    EXPECT_NE(run("dumpsys package com.beemdevelopment.aegis").out.find("CAMERA: granted=false"),
              std::string::npos);
}

TEST_F(PackagesTest, SettingsHoldAnyText) {
    EXPECT_EQ(run("settings put secure note 'a=b\nc=d'").code, 0);
    EXPECT_EQ(run("settings get secure note").out, "a=b\nc=d\n");
    EXPECT_NE(run("settings list secure").out.find("note=a=b\nc=d\n"), std::string::npos);
    EXPECT_EQ(run("settings delete secure note").out, "Deleted 1 rows\n");
    EXPECT_EQ(run("settings get secure note").out, "null\n");
    EXPECT_EQ(run("settings list nonsense").code, 255);
}

TEST_F(PackagesTest, RolesAndNetworks) {
    EXPECT_EQ(run("cmd role get-role-holders android.app.role.SMS").out,
              "com.google.android.apps.messaging\n");
    EXPECT_EQ(run("cmd role add-role-holder android.app.role.SMS org.thoughtcrime.securesms").code,
              0);
    EXPECT_NE(
        run("dumpsys role")
            .out.find("name=android.app.role.SMS\n        holders=org.thoughtcrime.securesms"),
        std::string::npos);
    EXPECT_NE(run("cmd role add-role-holder android.app.role.SMS org.none").code, 0);
    EXPECT_EQ(run("cmd wifi add-network 'new net' wpa2 'pass word'").out, "Save successful\n");
    EXPECT_NE(run("cmd wifi list-networks")
                  .out.find("3            new net                          wpa2-psk\n"),
              std::string::npos);
}

}  // namespace
}  // namespace lifeboat::sim
