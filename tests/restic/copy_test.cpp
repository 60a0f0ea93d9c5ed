// Copies out of repositories that restic made, and into ones that restic goes on using.
#include "repository/copy.h"

#include "repository/repair.h"
#include "restic_world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace lifeboat::restic_test {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

struct ResticCopyTest : testing::Test {
    World one{};
    World two{};
    Nobody nobody{};
    std::string files = one.folder("files");

    repository::CopyReport copy(World& from, World& to) {
        return repository::copy_snapshots(*from.open(), *to.open(), {}, nobody, {});
    }
    // What restic itself says of the target when it is told to copy the same.
    std::string restic_copy() {
        return two.restic({"copy", "--from-repo", one.repository_path(), "--from-password-file",
                           one.folder("password")});
    }
    size_t count(World& world) { return world.open()->snapshots({}).size(); }
};

TEST_F(ResticCopyTest, whatResticMadeIsCheckedAndRestoredByRestic) {
    make_awkward_folder(files);
    one.restic({"init"});
    one.restic_in(files, {"backup", "--tag", "a", "--tag", "b", "--exclude", "nothing", "."});
    two.restic({"init"});
    const auto report = copy(one, two);
    ASSERT_TRUE(report.complete());
    ASSERT_THAT(report.snapshots, SizeIs(1));
    two.restic({"check", "--read-data"});
    const std::string target = two.folder("restored");
    two.restic({"restore", report.snapshots[0].to->hex(), "--target", target});
    EXPECT_EQ(list_folder(target), list_folder(files));
    // Restic recognises the copy, and copies nothing again.
    restic_copy();
    EXPECT_EQ(count(two), 1u);
    EXPECT_TRUE(copy(one, two).snapshots[0].was_there);
}

TEST_F(ResticCopyTest, whatWeMadeGoesIntoAnOldResticRepository) {
    make_awkward_folder(files);
    add_database(files);
    repository::create(one.backend(), SecretText(password), one.options(), {});
    one.back_up(files, nullptr);
    two.restic({"init"});
    two.restic_in(files, {"backup", "."});
    const auto report = copy(one, two);
    ASSERT_TRUE(report.complete());
    two.restic({"check", "--read-data"});
    const std::string target = two.folder("restored");
    two.restic({"restore", report.snapshots[0].to->hex(), "--target", target});
    EXPECT_EQ(list_folder(target), list_folder(files));
    restic_copy();
    EXPECT_EQ(count(two), 2u);
    // And the other way round: what restic copied is not copied by us.
    World three;
    three.restic({"init"});
    three.restic({"copy", "--from-repo", one.repository_path(), "--from-password-file",
                  one.folder("password")});
    EXPECT_TRUE(copy(one, three).snapshots[0].was_there);
    EXPECT_EQ(count(three), 1u);
}

TEST_F(ResticCopyTest, anUncompressedFirstVersionIsCompressedOnTheWay) {
    make_awkward_folder(files);
    one.restic({"init", "--repository-version", "1"});
    one.restic_in(files, {"backup", "."});
    two.restic({"init"});
    ASSERT_TRUE(copy(one, two).complete());
    two.restic({"check", "--read-data"});
    const auto repository = two.open();
    EXPECT_EQ(list_tree(*repository->read(repository->snapshots({}).front(), {})),
              list_folder(files));
}

// What restic made, harmed and repaired by us, is whole for restic too.
TEST_F(ResticCopyTest, aRepairedRepositoryIsWholeForRestic) {
    make_awkward_folder(files);
    one.restic({"init"});
    one.restic_in(files, {"backup", "."});
    for (const char* folder : {"/index", "/data"}) {
        std::filesystem::path victim;
        for (const auto& entry :
             std::filesystem::recursive_directory_iterator(one.repository_path() + folder)) {
            if (!entry.is_regular_file()) continue;
            if (victim.empty() || entry.file_size() > std::filesystem::file_size(victim)) {
                victim = entry.path();
            }
        }
        std::filesystem::permissions(victim, std::filesystem::perms::owner_all);
        // An index goes, a pack loses its header.
        if (std::string_view(folder) == "/index") {
            std::filesystem::remove(victim);
        } else {
            one.restic({"rebuild-index"});
            std::filesystem::resize_file(victim, std::filesystem::file_size(victim) - 5);
        }
        const auto report = repository::repair(*one.open(), {}, nobody, {});
        EXPECT_TRUE(report.whole) << folder;
        one.restic({"check", "--read-data"});
    }
    const std::string target = one.folder("restored");
    one.restic({"restore", "latest", "--target", target});
    EXPECT_EQ(list_folder(target), list_folder(files));
}

}  // namespace
}  // namespace lifeboat::restic_test
