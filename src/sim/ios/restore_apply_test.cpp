#include "sim/ios/restore_apply.h"

#include "base/error.h"
#include "sim/ios/computer_test.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lifeboat::sim::ios {
namespace {

using testing_parts::TemporaryFolder;
using testing_parts::write_file;

ManifestRow row(const std::string& domain, const std::string& path, int flags,
                const std::string& target = "") {
    return {.id = backup_file_id(domain, path),
            .domain = domain,
            .flags = flags,
            .facts = {.relative_path = path,
                      .mode = flags == manifest_flag::file ? 0100640u : 040755u,
                      .modified = 1'700'000'000,
                      .link_target = target}};
}

class RestoreApply : public testing::Test {
protected:
    void arrive(const ManifestRow& one, std::string_view content) {
        rows_.emplace(one.id, one);
        if (one.flags == manifest_flag::file) write_file(arrived_ + "/" + one.id, content);
    }
    void apply() {
        std::filesystem::create_directories(files_);
        apply_restore(rows_to_restore(rows_, options_), options_, arrived_, files_);
    }
    std::string read(const std::string& path) const {
        std::ifstream in(files_ + "/" + path);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    bool has(const std::string& path) const {
        return std::filesystem::exists(std::filesystem::symlink_status(files_ + "/" + path));
    }

    TemporaryFolder world_;
    std::string files_ = world_.path() + "/files";
    std::string arrived_ = world_.path() + "/arrived";
    RestoreOptions options_{.source = "x", .preserve_settings = false, .system_files = true};
    ManifestRows rows_;
};

TEST_F(RestoreApply, ReplacesADomainAndLeavesOthers) {
    write_file(files_ + "/HomeDomain/old/deep.txt", "old");
    write_file(files_ + "/MediaDomain/song", "stays");
    arrive(row("HomeDomain", "", manifest_flag::folder), "");
    arrive(row("HomeDomain", "Library/new.txt", manifest_flag::file), "new");
    arrive(row("HomeDomain", "Library/link", manifest_flag::link, "new.txt"), "");
    apply();
    EXPECT_FALSE(has("HomeDomain/old"));
    EXPECT_EQ(read("HomeDomain/Library/new.txt"), "new");
    EXPECT_EQ(read("HomeDomain/Library/link"), "new");
    EXPECT_EQ(read("MediaDomain/song"), "stays");
    struct stat about {};
    ASSERT_EQ(::stat((files_ + "/HomeDomain/Library/new.txt").c_str(), &about), 0);
    EXPECT_EQ(about.st_mtime, 1'700'000'000);
    EXPECT_EQ(about.st_mode & 0777u, 0640u);
}

TEST_F(RestoreApply, RemovesOtherDomainsOnRequest) {
    options_.remove_others = true;
    write_file(files_ + "/MediaDomain/song", "goes");
    arrive(row("HomeDomain", "a", manifest_flag::file), "a");
    apply();
    EXPECT_FALSE(has("MediaDomain"));
}

TEST_F(RestoreApply, KeepsWhatNoBackupHolds) {
    write_file(files_ + "/CameraRollDomain/Media/iTunesRestore/RestoreApplications.plist", "apps");
    write_file(files_ + "/CameraRollDomain/Media/DCIM/old.jpg", "old");
    arrive(row("CameraRollDomain", "Media/DCIM/new.jpg", manifest_flag::file), "new");
    apply();
    EXPECT_TRUE(has("CameraRollDomain/Media/iTunesRestore/RestoreApplications.plist"));
    EXPECT_FALSE(has("CameraRollDomain/Media/DCIM/old.jpg"));
    EXPECT_TRUE(has("CameraRollDomain/Media/DCIM/new.jpg"));
}

TEST_F(RestoreApply, SettingsStayOnRequest) {
    options_.preserve_settings = true;
    write_file(files_ + "/HomeDomain/Library/Preferences/a.plist", "mine");
    arrive(row("HomeDomain", "Library/Preferences/a.plist", manifest_flag::file), "theirs");
    arrive(row("HomeDomain", "Library/Preferences/b.plist", manifest_flag::file), "theirs");
    apply();
    EXPECT_EQ(read("HomeDomain/Library/Preferences/a.plist"), "mine");
    EXPECT_EQ(read("HomeDomain/Library/Preferences/b.plist"), "theirs");
}

TEST_F(RestoreApply, SystemFilesOnlyOnRequest) {
    options_.system_files = false;
    write_file(files_ + "/SystemPreferencesDomain/wifi", "mine");
    arrive(row("SystemPreferencesDomain", "wifi", manifest_flag::file), "theirs");
    arrive(row("HomeDomain", "a", manifest_flag::file), "a");
    apply();
    EXPECT_EQ(read("SystemPreferencesDomain/wifi"), "mine");
    options_.system_files = true;
    arrive(row("HomeDomain", "a", manifest_flag::file), "a");
    apply();
    EXPECT_EQ(read("SystemPreferencesDomain/wifi"), "theirs");
}

TEST_F(RestoreApply, NothingLeavesThePhone) {
    for (const auto& [domain, path] : {std::pair{"..", "a"},
                                       {"HomeDomain/..", "a"},
                                       {"", "a"},
                                       {"HomeDomain", "../a"},
                                       {"HomeDomain", "a/../../../b"},
                                       {"HomeDomain", "/etc/passwd"}}) {
        ManifestRows rows;
        const ManifestRow one = row(domain, path, manifest_flag::file);
        rows.emplace(one.id, one);
        EXPECT_THROW(rows_to_restore(rows, options_), Corrupt) << domain << " " << path;
    }
}

TEST_F(RestoreApply, NothingIsWrittenThroughALink) {
    write_file(world_.path() + "/outside/kept", "kept");
    arrive(row("HomeDomain", "a", manifest_flag::link, world_.path() + "/outside"), "");
    arrive(row("HomeDomain", "a/kept", manifest_flag::file), "overwritten");
    EXPECT_THROW(apply(), Corrupt);
    std::ifstream in(world_.path() + "/outside/kept");
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>(in), {}), "kept");
}

}  // namespace
}  // namespace lifeboat::sim::ios
