// Our tidying up and restic's, on each other's repositories.
#include "repository/prune.h"

#include "repository/hold.h"
#include "restic_world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>

namespace lifeboat::restic_test {
namespace {

namespace fs = std::filesystem;

struct PruneWithRestic : testing::Test {
    World world{};
    std::string source = world.folder("source");
    std::map<std::string, Listing> expected{};  // by snapshot
    std::unique_ptr<repository::Repository> opened{};

    // Once: each opening costs a key derivation.
    repository::Repository& repository() {
        if (opened == nullptr) opened = world.open();
        return *opened;
    }
    void make_ours() {
        repository::create(world.backend(), SecretText(password), world.options(), {});
    }
    void back_up() {
        const auto builder = repository().build(nullptr, {});
        put_folder(*builder, source);
        builder->finish({.time = world.clock.now(), .paths = {"/phone"}, .hostname = "phone"}, {});
    }
    std::vector<std::string> packs() {
        std::vector<std::string> names;
        world.backend().list("data/",
                             [&](const std::string& name, uint64_t) { names.push_back(name); }, {});
        std::ranges::sort(names);
        return names;
    }

    // Five backups; each has what all have, and large files of its own.
    void make_backups(bool by_restic) {
        fs::create_directories(source + "/own");
        write_file(source + "/shared", pseudo_random(77, 3'000'000));
        for (uint64_t i = 0; i < 5; ++i) {
            write_file(source + "/own/a", pseudo_random(100 + i, 2'000'000));
            write_file(source + "/own/b" + std::to_string(i), pseudo_random(200 + i, 1'500'000));
            if (by_restic) {
                world.restic_in(source, {"backup", "."});
            } else {
                back_up();
            }
            expected[ids().back().hex()] = list_folder(source);
        }
    }
    std::vector<repository::SnapshotId> ids() {
        std::vector<repository::SnapshotId> found;
        for (const auto& snapshot : repository().snapshots({})) found.push_back(snapshot.id);
        return found;
    }
    repository::PruneReport prune() {
        Nobody nobody;
        return repository().prune({.max_unused = {.bytes = 0}}, nobody, {});
    }
    void expect_sound() {
        world.restic({"check", "--read-data"});
        Nobody nobody;
        EXPECT_TRUE(repository().check({.read_data = true}, nobody, {}).clean());
        for (const auto& snapshot : repository().snapshots({})) {
            EXPECT_EQ(list_tree(*repository().read(snapshot, {})), expected[snapshot.id.hex()]);
        }
    }
};

TEST_F(PruneWithRestic, acceptsWhatOurPruneLeaves) {
    make_ours();
    make_backups(false);
    const auto all = ids();
    repository().forget({all[0], all[2]}, {});
    const auto report = prune();
    EXPECT_GE(report.packs_rewritten, 2u);
    expect_sound();
    const std::string target = world.folder("restored");
    world.restic({"restore", all[1].hex(), "--target", target});
    EXPECT_EQ(list_folder(target), expected[all[1].hex()]);
    // restic finds nothing that it would remove.
    const auto before = packs();
    world.restic({"prune", "--max-unused", "0"});
    EXPECT_EQ(packs(), before);
}

TEST_F(PruneWithRestic, tidiesWhatResticMadeAndForgot) {
    world.restic({"init"});
    make_backups(true);
    const auto all = ids();
    world.restic({"forget", all[0].hex(), all[3].hex()});
    const auto report = prune();
    EXPECT_GE(report.bytes_freed, 3'000'000u);
    expect_sound();
    EXPECT_EQ(prune().bytes_freed, 0u);
}

TEST_F(PruneWithRestic, resticTidiesOursAndWeTidyAfterIt) {
    make_ours();
    make_backups(false);
    const auto all = ids();
    repository().forget({all[1]}, {});
    world.restic({"prune", "--max-unused", "0"});
    expect_sound();
    repository().forget({all[2]}, {});
    prune();
    expect_sound();
    world.restic({"forget", "--prune", "--keep-last", "1", "--group-by", ""});
    expect_sound();
    EXPECT_EQ(prune().blobs_removed, 0u);
}

TEST_F(PruneWithRestic, aHeldBackupThatResticForgotComesBack) {
    make_ours();
    make_backups(false);
    const auto all = ids();
    repository::hold_snapshot(repository(), all[1], "keep it", {});
    world.restic({"forget", all[1].hex(), all[0].hex()});
    prune();
    EXPECT_EQ(ids().size(), 3u);
    EXPECT_TRUE(repository::bring_back(repository(), all[1], {}));
    EXPECT_EQ(ids().size(), 4u);
    expect_sound();
}

TEST_F(PruneWithRestic, theLocksOfBothKeepThemApart) {
    make_ours();
    const auto builder = repository().build(nullptr, {});
    EXPECT_THAT(world.restic({"prune"}, 1), testing::HasSubstr("already locked"));
    EXPECT_THROW(prune(), repository::Locked);
}

}  // namespace
}  // namespace lifeboat::restic_test
