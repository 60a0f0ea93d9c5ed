#include "app/config_file.h"

#include "app/files.h"
#include "base/error.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

namespace lifeboat::app {
namespace {

constexpr const char* commented =
    "# mine\n"
    "phone = \"Pixel\"  # the old one\n"
    "\n"
    "[adb]\n"
    "# where it is\n"
    "server = \"tcp:a:1\"\n"
    "\n"
    "[[place]]\n"
    "name = \"ssd\"\n"
    "path = \"/ssd\"\n"
    "\n"
    "# the slow one\n"
    "[[place]]\n"
    "name = \"nas\"\n"
    "path = \"/nas\"\n";

TEST(ConfigFile, ReadsEntriesAndPlacesWithTheirLines) {
    const ConfigFile file = parse_config(commented, "f");
    ASSERT_EQ(file.entries.size(), 2u);
    ASSERT_EQ(file.places.size(), 2u);
    EXPECT_EQ(file.places[1].name, "nas");
    EXPECT_EQ(file.places[1].line, 13u);
}

TEST(ConfigFile, ChangesAValueAndNothingElse) {
    const std::string changed = with_value(commented, "phone", "\"Fairphone 5\"");
    EXPECT_NE(changed.find("phone = \"Fairphone 5\"  # the old one\n"), std::string::npos);
    EXPECT_EQ(with_value(changed, "phone", "\"Pixel\""), commented);
}

TEST(ConfigFile, AddsAValueToItsSectionOrMakesOne) {
    EXPECT_NE(with_value(commented, "adb.start", "false").find("[adb]\nstart = false\n"),
              std::string::npos);
    EXPECT_NE(with_value(commented, "ui.color", "\"never\"").find("\n[ui]\ncolor = \"never\"\n"),
              std::string::npos);
    EXPECT_EQ(with_value("", "phone", "\"x\""), "phone = \"x\"\n");
    const std::string before_header = with_value("[adb]\nstart = true\n", "phone", "\"x\"");
    EXPECT_EQ(parse_config(before_header, "f").entries.size(), 2u);
    EXPECT_LT(before_header.find("phone"), before_header.find("[adb]"));
}

TEST(ConfigFile, AddsAndTakesAwayPlaces) {
    const std::string more = with_place(commented, "usb", "/m/\"odd\" \\name");
    const ConfigFile file = parse_config(more, "f");
    ASSERT_EQ(file.places.size(), 3u);
    EXPECT_EQ(file.places[2].path, "/m/\"odd\" \\name");
    EXPECT_EQ(without_place(more, "usb"), commented);
    const std::string less = without_place(commented, "ssd");
    EXPECT_NE(less.find("# the slow one\n[[place]]\nname = \"nas\""), std::string::npos);
    EXPECT_EQ(less.find("/ssd"), std::string::npos);
    EXPECT_THROW(without_place(commented, "none"), Misuse);
}

TEST(ConfigFile, RefusesWhatIsNoConfiguration) {
    EXPECT_THROW(parse_config("= 1", "f"), Misuse);
    EXPECT_THROW(parse_config("place = 1", "f"), Misuse);
    EXPECT_THROW(parse_config("[[place]]\nname = \"a\"", "f"), Misuse);
    EXPECT_THROW(parse_config("[[place]]\nname=\"a\"\npath=\"/\"\npth=\"\"", "f"), Misuse);
    EXPECT_THROW(
        parse_config("[[place]]\nname=\"a\"\npath=\"/\"\n[[place]]\nname=\"a\"\npath=\"/b\"", "f"),
        Misuse);
    EXPECT_THROW(parse_config("a.b.c.d.e.f.g = 1", "f"), Misuse);
    EXPECT_THROW(parse_config("phone = [1]", "f"), Misuse);
    EXPECT_THROW(toml_string("\xff"), Misuse);
}

TEST(ConfigFile, IsReplacedAsAWholeAndStaysPrivate) {
    const auto folder =
        std::filesystem::temp_directory_path() / ("lifeboat-config-" + std::to_string(::getpid()));
    const std::string path = (folder / "deep/config.toml").string();
    edit_config_file(path, [](const std::string& text) { return with_place(text, "a", "/a"); });
    edit_config_file(path, [](const std::string& text) { return with_place(text, "b", "/b"); });
    EXPECT_EQ(read_config_file(path).places.size(), 2u);
    struct stat about {};
    ASSERT_EQ(::stat(path.c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 0777U, 0600U);
    EXPECT_THROW(edit_config_file(path, [](const std::string&) { return "= broken"; }), Misuse);
    EXPECT_EQ(read_config_file(path).places.size(), 2u);
    std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace lifeboat::app
