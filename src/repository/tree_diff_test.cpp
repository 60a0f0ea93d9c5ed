#include "repository/tree_diff.h"

#include "base/error.h"
#include "repository/find_content.h"
#include "repository/statistics.h"
#include "repository/test_world.h"

#include <gtest/gtest.h>

namespace lifeboat::repository {
namespace {

using testing_world::back_up;
using testing_world::Contents;
using testing_world::random_bytes;
using testing_world::World;

class TreeDiffTest : public testing::Test {
protected:
    Snapshot snapshot(const Contents& files) {
        hour_ += std::chrono::hours{1};
        const SnapshotId id = back_up(*repository_, files, nullptr, TimePoint{hour_}).snapshot;
        for (const Snapshot& one : repository_->snapshots({})) {
            if (one.id == id) return one;
        }
        throw Missing("the backup just made");
    }
    TreeDiff diff(const Snapshot& before, const Snapshot& after) {
        return diff_trees({*repository_, before}, {*repository_, after}, {});
    }

    World world_;
    storage::MemoryBackend place_;
    std::unique_ptr<OpenRepository> repository_ = world_.open(place_);
    std::chrono::hours hour_{};
};

Contents base_files() {
    return {{"same/a", random_bytes(1, 1000)},
            {"same/deep/b", random_bytes(2, 1000)},
            {"one/c", random_bytes(3, 700'000)},
            {"one/d", random_bytes(4, 1000)},
            {"empty", {}}};
}

TEST_F(TreeDiffTest, theSameIsNoDifferenceAndNothingIsRead) {
    const Snapshot before = snapshot(base_files());
    const Snapshot after = snapshot(base_files());
    const TreeDiff found = diff(before, after);
    EXPECT_TRUE(found.changes.empty());
    EXPECT_EQ(found.folders_read, 0u);
    EXPECT_EQ(found.bytes_added + found.bytes_removed, 0u);
}

TEST_F(TreeDiffTest, everyKindOfChange) {
    const Snapshot before = snapshot(base_files());
    Contents files = base_files();
    files["one/c"] = random_bytes(5, 300'000);
    files["two/moved"] = files["one/d"];
    files.erase("one/d");
    files["added"] = random_bytes(6, 2000);
    files.erase("empty");
    files["also empty"] = {};
    const TreeDiff found = diff(before, snapshot(files));
    std::map<std::string, ChangeKind> kinds;
    for (const TreeChange& change : found.changes) kinds[change.path.text()] = change.kind;
    EXPECT_EQ(kinds, (std::map<std::string, ChangeKind>{{"added", ChangeKind::added},
                                                        {"also empty", ChangeKind::added},
                                                        {"empty", ChangeKind::removed},
                                                        {"one/c", ChangeKind::changed},
                                                        {"two", ChangeKind::added},
                                                        {"two/moved", ChangeKind::moved}}));
    for (const TreeChange& change : found.changes) {
        if (change.kind == ChangeKind::moved) {
            EXPECT_EQ(change.moved_from.text(), "one/d");
            EXPECT_EQ(change.size_before, 1000u);
        }
    }
    EXPECT_EQ(found.bytes_added, 302'000u);
    EXPECT_EQ(found.bytes_removed, 700'000u);
    // Both roots, both "one", the new "two"; never "same" nor what is below it.
    EXPECT_EQ(found.folders_read, 5u);
    EXPECT_EQ(found.folders_same, 1u);
}

TEST_F(TreeDiffTest, anotherDateIsATouch) {
    const Snapshot before = snapshot(base_files());
    const auto builder = repository_->build(nullptr, {});
    for (const auto& [path, content] : base_files()) {
        Item item = testing_world::file_item(path, content.size());
        if (path == "one/d") item.modified += std::chrono::seconds{5};
        MemorySource source(content);
        builder->put(item, source);
    }
    const SnapshotId id =
        builder->finish({.time = TimePoint{hour_ + std::chrono::hours{9}}, .paths = {"/p"}}, {})
            .snapshot;
    const Snapshot after = repository_->snapshots({}).back();
    ASSERT_EQ(after.id, id);
    const TreeDiff found = diff(before, after);
    ASSERT_EQ(found.changes.size(), 1u);
    EXPECT_EQ(found.changes[0].kind, ChangeKind::touched);
    EXPECT_EQ(found.changes[0].path.text(), "one/d");
}

TEST_F(TreeDiffTest, ofTwoFilesOfOneContentEachMovesOnce) {
    const Bytes content = random_bytes(8, 5000);
    const Snapshot before = snapshot({{"x/1", content}, {"k", {}}});
    const TreeDiff found = diff(before, snapshot({{"y/1", content}, {"y/2", content}, {"k", {}}}));
    size_t moved = 0;
    size_t added = 0;
    for (const TreeChange& change : found.changes) {
        if (change.item != ItemKind::file) continue;
        moved += change.kind == ChangeKind::moved ? 1 : 0;
        added += change.kind == ChangeKind::added ? 1 : 0;
    }
    EXPECT_EQ(moved, 1u);
    EXPECT_EQ(added, 1u);
}

TEST_F(TreeDiffTest, aFileThatBecameAFolder) {
    const Snapshot before = snapshot({{"x", random_bytes(1, 10)}});
    const TreeDiff found = diff(before, snapshot({{"x/y", random_bytes(2, 10)}}));
    ASSERT_EQ(found.changes.size(), 2u);
    EXPECT_EQ(found.changes[0].kind, ChangeKind::changed);
    EXPECT_EQ(found.changes[0].item, ItemKind::folder);
    EXPECT_EQ(found.changes[1].path.text(), "x/y");
    EXPECT_EQ(found.changes[1].kind, ChangeKind::added);
}

TEST_F(TreeDiffTest, aFolderThatCannotBeReadIsCorrupt) {
    const Snapshot before = snapshot(base_files());
    Snapshot after = before;
    after.tree.value[5] ^= std::byte{1};
    EXPECT_THROW(diff(before, after), Corrupt);
}

TEST_F(TreeDiffTest, contentIsFoundUnderEveryName) {
    const Bytes content = random_bytes(8, 5000);
    const Snapshot one = snapshot({{"x/1", content}, {"y/2", content}, {"z", random_bytes(9, 10)}});
    std::vector<std::string> found;
    const auto each = [&](const Item& item) { found.push_back(item.path.text()); };
    find_content(*repository_, one, {crypto::sha256(content)}, each, {});
    EXPECT_EQ(found, (std::vector<std::string>{"x/1", "y/2"}));
    found.clear();
    find_content(*repository_, one, BlobId{}, each, {});
    EXPECT_TRUE(found.empty());
}

TEST_F(TreeDiffTest, figuresCountWhatIsSharedOnce) {
    const Snapshot one = snapshot(base_files());
    Contents files = base_files();
    files["one/c"] = random_bytes(5, 300'000);
    const Snapshot two = snapshot(files);
    const Statistics found = statistics(*repository_, {one, two}, {}, world_.events, {});
    ASSERT_EQ(found.snapshots.size(), 2u);
    EXPECT_EQ(found.all.files, 10u);
    EXPECT_EQ(found.all.different_files, 6u);  // folders and the empty file are one of them
    EXPECT_EQ(found.all.bytes, 703'000u + 303'000u);
    EXPECT_GE(found.snapshots[0].stored_bytes_only_here, 700'000u);
    EXPECT_LT(found.snapshots[0].stored_bytes_only_here, 702'000u);
    EXPECT_EQ(found.storage.unused_bytes, 0u);
    EXPECT_EQ(found.storage.missing_packs, 0u);
    EXPECT_EQ(found.storage.used_bytes, found.all.stored_bytes);
    EXPECT_GT(found.storage.index_memory, 0u);
    // Of one of them alone the other's data is still needed.
    const Statistics alone = statistics(*repository_, {two}, {}, world_.events, {});
    EXPECT_EQ(alone.storage.unused_bytes, 0u);
    EXPECT_EQ(alone.all.files, 5u);
}

TEST_F(TreeDiffTest, aDamagedFolderIsCountedAndTheRestGoesOn) {
    const Snapshot good = snapshot(base_files());
    Snapshot bad = good;
    bad.id.value[0] ^= std::byte{1};
    bad.tree.value[5] ^= std::byte{1};
    const Statistics found = statistics(*repository_, {bad, good}, {}, world_.events, {});
    EXPECT_EQ(found.all.unreadable_folders, 1u);
    EXPECT_EQ(found.all.missing_pieces, 1u);
    EXPECT_EQ(found.snapshots[1].content.files, 5u);
}

}  // namespace
}  // namespace lifeboat::repository
