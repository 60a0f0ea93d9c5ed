// Our figures of a repository are restic's, where both mean the same.
#include "repository/statistics.h"
#include "restic_world.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <filesystem>

namespace lifeboat::restic_test {
namespace {

nlohmann::json restic_stats(World& world, const std::string& mode) {
    const std::string text = world.restic({"stats", "--json", "--mode", mode});
    return nlohmann::json::parse(text.substr(text.find('{')));
}

repository::Statistics our_stats(World& world) {
    Nobody nobody;
    const auto repository = world.open();
    repository::StatisticsOptions options;
    options.pieces_per_file = true;
    return repository::statistics(*repository, repository->snapshots({}), options, nobody, {});
}

void compare(World& world) {
    const repository::ContentFigures all = our_stats(world).all;
    const auto restore = restic_stats(world, "restore-size");
    EXPECT_EQ(all.restore_bytes, restore["total_size"]);
    EXPECT_EQ(all.restore_entries, restore["total_file_count"]);
    const auto contents = restic_stats(world, "files-by-contents");
    EXPECT_EQ(all.different_bytes, contents["total_size"]);
    EXPECT_EQ(all.different_files, contents["total_file_count"]);
    const auto raw = restic_stats(world, "raw-data");
    EXPECT_EQ(all.stored_bytes, raw["total_size"]);
    EXPECT_EQ(all.pieces, raw["total_blob_count"]);
    const auto pieces = restic_stats(world, "blobs-per-file");
    EXPECT_EQ(all.piece_bytes, pieces["total_size"]);
    EXPECT_EQ(all.piece_files, pieces["total_file_count"]);
    EXPECT_EQ(all.pieces_of_files, pieces["total_blob_count"]);
}

TEST(ResticStats, areOurs) {
    World world;
    repository::create(world.backend(), SecretText(password), world.options(), {});
    const std::string folder = world.folder("source");
    make_awkward_folder(folder);
    write_file(folder + "/twice-1", pseudo_random(9, 3'000'000));
    write_file(folder + "/twice-2", pseudo_random(9, 3'000'000));
    world.back_up(folder, nullptr);
    compare(world);
    add_database(folder);
    world.restic_in(folder, {"backup", "."});
    write_file(folder + "/later", pseudo_random(10, 100'000));
    world.back_up(folder, nullptr);
    compare(world);
}

TEST(ResticStats, whatPruneFreesIsUnused) {
    World world;
    repository::create(world.backend(), SecretText(password), world.options(), {});
    const std::string folder = world.folder("source");
    std::filesystem::create_directories(folder);
    write_file(folder + "/stays", pseudo_random(1, 2'000'000));
    write_file(folder + "/goes", pseudo_random(2, 5'000'000));
    world.back_up(folder, nullptr);
    EXPECT_EQ(our_stats(world).storage.unused_bytes, 0u);
    write_file(folder + "/goes", "");
    world.back_up(folder, nullptr);
    const auto snapshots = world.open()->snapshots({});
    const repository::Statistics before = our_stats(world);
    ASSERT_EQ(before.snapshots.size(), 2u);
    EXPECT_GT(before.snapshots[0].stored_bytes_only_here, 5'000'000u);
    EXPECT_LT(before.snapshots[1].stored_bytes_only_here, 10'000u);

    world.restic({"forget", snapshots[0].id.hex()});
    const repository::Statistics after = our_stats(world);
    EXPECT_EQ(after.storage.unused_bytes, before.snapshots[0].stored_bytes_only_here);
    EXPECT_EQ(after.storage.orphans, 0u);
    world.restic({"prune", "--max-unused", "0"});
    const repository::Statistics pruned = our_stats(world);
    EXPECT_EQ(pruned.storage.unused_bytes, 0u);
    // restic writes the folders anew, and its compressor is another one.
    EXPECT_NEAR(static_cast<double>(pruned.storage.used_bytes),
                static_cast<double>(after.storage.used_bytes), 1000);
    EXPECT_EQ(pruned.storage.missing_packs, 0u);
}

}  // namespace
}  // namespace lifeboat::restic_test
