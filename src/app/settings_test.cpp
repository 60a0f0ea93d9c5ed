#include "app/settings.h"

#include "app/files.h"
#include "base/error.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

namespace lifeboat::app {
namespace {

using Flags = std::map<std::string, std::string, std::less<>>;

class SettingsTest : public testing::Test {
protected:
    SettingsTest() {
        folder_ = std::filesystem::temp_directory_path() /
                  ("lifeboat-settings-" + std::to_string(::getpid()) + "-" +
                   testing::UnitTest::GetInstance()->current_test_info()->name());
        std::filesystem::create_directories(folder_);
        paths_.config_file = (folder_ / "user.toml").string();
        paths_.system_config_file = (folder_ / "system.toml").string();
    }
    ~SettingsTest() override { std::filesystem::remove_all(folder_); }

    Configuration load(const Flags& flags = {}) const {
        return load_configuration(paths_, environment_, flags);
    }

    std::filesystem::path folder_{};
    Paths paths_{};
    Environment environment_{};
};

TEST_F(SettingsTest, DefaultsWithoutAnyFile) {
    const Configuration configuration = load();
    EXPECT_EQ(configuration.settings.adb_server, "tcp:5037");
    EXPECT_EQ(configuration.source_of("adb.server").origin, Origin::default_value);
}

TEST_F(SettingsTest, NearerWins) {
    const auto server = [&](const Flags& flags = {}) { return load(flags).settings.adb_server; };
    write_file_atomically(paths_.system_config_file, "[adb]\nserver = \"tcp:system:1\"\n");
    EXPECT_EQ(server(), "tcp:system:1");
    write_file_atomically(paths_.config_file, "adb.server = \"tcp:user:1\"\n");
    EXPECT_EQ(server(), "tcp:user:1");
    environment_.variables["ANDROID_ADB_SERVER_PORT"] = "7";
    EXPECT_EQ(server(), "tcp:7");
    environment_.variables["ADB_SERVER_SOCKET"] = "tcp:adb:1";
    EXPECT_EQ(server(), "tcp:adb:1");
    environment_.variables["LIFEBOAT_ADB_SERVER"] = "tcp:ours:1";
    EXPECT_EQ(server(), "tcp:ours:1");
    EXPECT_EQ(load().source_of("adb.server").where, "LIFEBOAT_ADB_SERVER");
    EXPECT_EQ(server({{"adb.server", "tcp:flag:1"}}), "tcp:flag:1");
}

TEST_F(SettingsTest, SourcesNameFileAndLine) {
    write_file_atomically(paths_.config_file, "# first\nphone = \"Pixel\"\n");
    const Source source = load().source_of("phone");
    EXPECT_EQ(source.origin, Origin::user_file);
    EXPECT_EQ(source.where, paths_.config_file + ":2");
}

TEST_F(SettingsTest, AFileNamedNearerBeatsACommandNamedFarther) {
    write_file_atomically(paths_.config_file, "password_command = \"pass show x\"\n");
    const Settings settings = load({{"password_file", "/pw"}}).settings;
    EXPECT_EQ(settings.password_file, "/pw");
    EXPECT_EQ(settings.password_command, "");
}

TEST_F(SettingsTest, UnknownKeysAndWrongValuesAreRefused) {
    write_file_atomically(paths_.config_file, "[ui]\ncolour = \"auto\"\n");
    try {
        load();
        FAIL() << "an unknown key was taken";
    } catch (const Misuse& error) {
        EXPECT_EQ(error.guidance(), "Did you mean \"ui.color\"?");
        EXPECT_NE(error.full_text().find("user.toml:2"), std::string::npos);
    }
    write_file_atomically(paths_.config_file, "[repository]\ncompression = 99\n");
    EXPECT_THROW(load(), Misuse);
    write_file_atomically(paths_.config_file, "[adb]\nstart = \"perhaps\"\n");
    EXPECT_THROW(load(), Misuse);
    write_file_atomically(paths_.config_file, "[ui]\ncolor = \"blue\"\n");
    EXPECT_THROW(load(), Misuse);
}

TEST_F(SettingsTest, APlainPasswordInTheEnvironmentIsRefused) {
    environment_.variables["LIFEBOAT_PASSWORD"] = "secret";
    EXPECT_THROW(load(), Misuse);
}

TEST_F(SettingsTest, PlacesKeepTheirOrderAndTheNearerFileWins) {
    write_file_atomically(paths_.system_config_file,
                          "[[place]]\nname = \"a\"\npath = \"/system\"\n");
    write_file_atomically(paths_.config_file,
                          "[[place]]\nname = \"b\"\npath = \"/b\"\n[[place]]\nname = \"a\"\npath = "
                          "\"/user\"\n");
    const Settings settings = load().settings;
    ASSERT_EQ(settings.places.size(), 2u);
    EXPECT_EQ(require_place(settings, "a").path, "/user");
    EXPECT_THROW(require_place(settings, "c"), Misuse);
}

TEST(Environment, KnowsUtf8) {
    Environment environment;
    EXPECT_FALSE(environment.speaks_utf8());
    environment.variables["LANG"] = "de_DE.utf8";
    EXPECT_TRUE(environment.speaks_utf8());
    environment.variables["LC_ALL"] = "C";
    EXPECT_FALSE(environment.speaks_utf8());
}

TEST(Paths, HomePutsEverythingBelowIt) {
    Environment environment;
    environment.variables["HOME"] = "/home/a";
    EXPECT_EQ(resolve_paths(environment, "", "").state, "/home/a/.local/state/lifeboat");
    environment.variables["XDG_STATE_HOME"] = "relative";
    EXPECT_EQ(resolve_paths(environment, "", "").state, "/home/a/.local/state/lifeboat");
    environment.variables["XDG_STATE_HOME"] = "/state";
    EXPECT_EQ(resolve_paths(environment, "", "").state, "/state/lifeboat");
    const Paths own = resolve_paths(environment, "/h", "");
    EXPECT_EQ(own.config_file, "/h/config.toml");
    EXPECT_EQ(own.system_config_file, "");
    EXPECT_EQ(resolve_paths(environment, "/h", "/c.toml").config_file, "/c.toml");
    environment.variables.erase("HOME");
    EXPECT_THROW(resolve_paths(environment, "", ""), Misuse);
}

TEST(Paths, TypedPathsBecomeAbsolute) {
    Environment environment;
    environment.variables["HOME"] = "/home/a";
    EXPECT_EQ(absolute_path(environment, "~/x/"), "/home/a/x");
    EXPECT_EQ(absolute_path(environment, "~"), "/home/a");
    EXPECT_THROW(absolute_path(environment, ""), Misuse);
    EXPECT_EQ(absolute_path(environment, "/a/./b/../c"), "/a/c");
    EXPECT_EQ(absolute_path(environment, "x"), (std::filesystem::current_path() / "x").string());
}

}  // namespace
}  // namespace lifeboat::app
