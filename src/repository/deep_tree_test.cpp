// A hostile backup of 100,000 folders, each in the one before: nothing crashes on it, nothing takes
// all memory or all time, and what is no question of paths works as with any other backup.
#include "base/error.h"
#include "repository/box_writer.h"
#include "repository/browse.h"
#include "repository/copy.h"
#include "repository/find_content.h"
#include "repository/repair.h"
#include "repository/snapshot_file.h"
#include "repository/statistics.h"
#include "repository/test_world.h"
#include "repository/tree_diff.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace lifeboat::repository {
namespace {

using testing_world::World;

constexpr size_t levels = 100'000;
const Bytes innermost = testing_world::random_bytes(5, 1000);

// Returns the files of a repository with nothing but this backup.
storage::MemoryBackend::Files make_deep() {
    World world;
    storage::MemoryBackend place;
    const auto repository = world.open(place);
    Store& store = repository->store();
    RepositoryLock lock(store, LockKind::shared, {});
    BoxWriter writer(store, lock, DryRun::no);
    const BlobId piece{crypto::sha256(innermost)};
    writer.add_plain(BlobType::data, piece, innermost, {});
    Node node{.name = "f", .size = innermost.size(), .content = {piece}};
    for (size_t i = 0; i <= levels; ++i) {
        const std::string json = encode_tree(Tree{node});
        const BlobId id{crypto::sha256(as_bytes(json))};
        writer.add_plain(BlobType::tree, id, as_bytes(json), {});
        node = {.name = "d",
                .type = NodeType::dir,
                .mode = go_mode(ItemKind::folder, 0755),
                .subtree = id};
    }
    writer.finish({});
    const Snapshot snapshot{.time = world.clock.now(), .tree = node.subtree, .paths = {"/phone"}};
    store.save_document("snapshots/", encode_snapshot(snapshot), {});
    auto files = place.files();
    std::erase_if(files, [](const auto& file) { return file.first.starts_with("locks/"); });
    return files;
}

class DeepTree : public testing::Test {
protected:
    // Made once: sealing so many folders takes a while.
    static void SetUpTestSuite() { made() = make_deep(); }
    static storage::MemoryBackend::Files& made() {
        static storage::MemoryBackend::Files files;
        return files;
    }
    void SetUp() override { place.set_files(made()); }
    std::unique_ptr<OpenRepository> open() { return world.open(place); }
    Snapshot deep(Repository& repository) {
        for (Snapshot& one : repository.snapshots({})) {
            if (one.hostname.empty()) return std::move(one);
        }
        throw Missing("the deep backup is gone");
    }

    World world{};
    storage::MemoryBackend place{};
    const BlobId piece{crypto::sha256(innermost)};
};

TEST_F(DeepTree, checkNamesIt) {
    const auto report = open()->check({.read_data = true}, world.events, {});
    EXPECT_TRUE(report.damages.empty());
    ASSERT_EQ(report.affected.size(), 1u);
    EXPECT_NE(report.affected[0].problem.find("nested deeper"), std::string::npos);
}

TEST_F(DeepTree, isForgottenAndItsRoomComesBack) {
    const auto repository = open();
    PruneReport kept = repository->prune({}, world.events, {});
    EXPECT_EQ(kept.bytes_freed, 0u);
    repository->forget({deep(*repository).id}, {});
    EXPECT_GT(repository->prune({}, world.events, {}).bytes_freed, 0u);
    place.list("data/", [](const std::string& name, uint64_t) { ADD_FAILURE() << name; }, {});
}

TEST_F(DeepTree, isCopiedWhole) {
    storage::MemoryBackend other;
    World second;
    second.config.id = std::string(64, 'b');
    const auto from = open();
    const auto to = second.open(other);
    const CopyReport report = copy_snapshots(*from, *to, {}, world.events, {});
    EXPECT_TRUE(report.complete());
    EXPECT_EQ(report.blobs_copied, levels + 2);
    const auto check = second.open(other)->check({.read_data = true}, world.events, {});
    EXPECT_TRUE(check.damages.empty());
}

TEST_F(DeepTree, repairLeavesOutWhatIsLostAtItsEnd) {
    {
        const auto repository = open();
        const auto lost = repository->store().with_index(
            {}, [&](const Index& index) { return index.place(piece, BlobType::data); });
        place.remove(pack_name(lost->pack), {});
    }
    const auto repository = open();
    const RepairReport report = repair(*repository, {.leave_out_lost = true}, world.events, {});
    ASSERT_EQ(report.affected.size(), 1u);
    ASSERT_EQ(report.rewritten.size(), 1u);
    ASSERT_TRUE(report.rewritten[0].after);
    EXPECT_TRUE(open()->check({.read_data = true}, world.events, {}).damages.empty());
    const RepairReport again = repair(*open(), {.leave_out_lost = true}, world.events, {});
    EXPECT_TRUE(again.whole && !again.changed());
}

TEST_F(DeepTree, canBeBrowsedToItsEnd) {
    const auto repository = open();
    const auto browser = browse(*repository, {});
    auto folder = browser->open(deep(*repository));
    size_t depth = 0;
    auto listing = folder->listing({});
    for (; listing->find("d"); ++depth) {
        folder = listing->folder(0);
        listing = folder->listing({});
    }
    EXPECT_EQ(depth, levels);
    EXPECT_TRUE(listing->find("f"));
}

TEST_F(DeepTree, isRefusedInPlainWordsWherePathsAreNeeded) {
    const auto repository = open();
    const Snapshot snapshot = deep(*repository);
    const auto expect_refusal = [](const auto& act) {
        try {
            act();
            ADD_FAILURE() << "it must be refused";
        } catch (const Corrupt& refusal) {
            EXPECT_NE(refusal.message().find("nested deeper"), std::string::npos);
        }
    };
    size_t seen = 0;
    expect_refusal(
        [&] { walk(*repository->read(snapshot, {}), ItemPath(), [&](const Item&) { ++seen; }); });
    EXPECT_EQ(seen, ItemPath::max_length / 2);
    expect_refusal([&] { find_content(*repository, snapshot, piece, [](const Item&) {}, {}); });
    world.clock.advance(std::chrono::hours{1});
    testing_world::back_up(*repository, {{"d/d/d/x", to_bytes("x")}}, nullptr, world.clock.now());
    const auto snapshots = repository->snapshots({});
    ASSERT_EQ(snapshots.size(), 2u);
    expect_refusal([&] {
        diff_trees({*repository, snapshots[0]}, {*repository, snapshots[1]}, {});
    });
    expect_refusal([&] {
        diff_trees({*repository, snapshots[1]}, {*repository, snapshots[0]}, {});
    });
}

TEST_F(DeepTree, isCountedAsFarAsPathsGo) {
    const auto repository = open();
    const Statistics figures =
        statistics(*repository, repository->snapshots({}), {}, world.events, {});
    EXPECT_EQ(figures.all.unreadable_folders, 1u);
    EXPECT_GE(figures.all.folders, ItemPath::max_length / 2);
    EXPECT_LT(figures.all.folders, ItemPath::max_length);
}

}  // namespace
}  // namespace lifeboat::repository
