#include "phone/ios/sink_folder.h"

#include "base/error.h"
#include "item/memory_items.h"
#include "phone/ios/tree_folder.h"
#include "sys/clock.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace lifeboat::phone::ios {
namespace {

class NoEvents final : public EventSink {
public:
    void on(const Event&) noexcept override {}
};

std::string text_at(BackupFolder& folder, const std::string& path) {
    const auto found = folder.open(ItemPath(path));
    return found ? to_text(read_all(*found->content, 1000)) : "nothing";
}

std::vector<std::string> names(BackupFolder& folder, const std::string& path) {
    std::vector<std::string> all;
    const auto entries = folder.list(ItemPath(path));
    if (!entries) return {"no folder"};
    for (const DlEntry& entry : *entries) {
        all.push_back(entry.kind == DlKind::folder ? entry.name + "/" : entry.name);
    }
    std::sort(all.begin(), all.end());
    return all;
}

using Names = std::vector<std::string>;

class SinkFolderTest : public testing::Test {
protected:
    void store(BackupFolder& folder, const std::string& path, const std::string& text) {
        MemorySource source(to_bytes(text));
        folder.store(ItemPath(path), source);
    }

    sys::SystemClock clock{};
    NoEvents events{};
    MemoryTree before{};
};

TEST_F(SinkFolderTest, APhoneFindsItsLastBackupAndWhatItSentSince) {
    before.add_file(ItemPath("U/Status.plist"), to_bytes("old"));
    before.add_file(ItemPath("U/ab/abc1"), to_bytes("one"));
    MemoryTree sink(&before);
    SinkFolder folder(sink, clock, events);
    EXPECT_EQ(text_at(folder, "U/Status.plist"), "old");
    EXPECT_EQ(text_at(folder, "U/none"), "nothing");
    EXPECT_EQ(names(folder, "U"), (Names{"Status.plist", "ab/"}));
    EXPECT_EQ(names(folder, "U/zz"), (Names{"no folder"}));

    store(folder, "U/Status.plist", "new");
    EXPECT_TRUE(folder.make_folder(ItemPath("U/Snapshot/ab")));
    EXPECT_FALSE(folder.make_folder(ItemPath("U/Snapshot/ab")));
    store(folder, "U/Snapshot/ab/abc2", "two");
    folder.stored_all();
    EXPECT_TRUE(folder.move(ItemPath("U/Snapshot/ab/abc2"), ItemPath("U/ab/abc2")));
    EXPECT_FALSE(folder.move(ItemPath("U/Snapshot/ab/abc2"), ItemPath("U/ab/abc2")));
    EXPECT_TRUE(folder.remove(ItemPath("U/Snapshot")));
    EXPECT_FALSE(folder.remove(ItemPath("U/Snapshot")));
    EXPECT_TRUE(folder.remove(ItemPath("U/ab/abc1")));
    EXPECT_EQ(text_at(folder, "U/Status.plist"), "new");
    EXPECT_EQ(names(folder, "U/ab"), (Names{"abc2"}));
    EXPECT_EQ(text_at(folder, "U/ab/abc2"), "two");
    EXPECT_EQ(before.find(ItemPath("U/ab/abc1"))->size, 3u) << "the last backup stays as it was";
}

TEST_F(SinkFolderTest, AFileThatThePhoneCouldNotReadIsNamedAsThePhoneDoes) {
    MemoryTree sink;
    SinkFolder folder(sink, clock, events);
    folder.unreadable("/var/mobile/Media/DCIM/1.HEIC", "Input/output error");
    folder.unreadable("//", "no name");
    const auto refused = sink.refused();
    ASSERT_EQ(refused.size(), 2u);
    EXPECT_EQ(refused.at(ItemPath("var/mobile/Media/DCIM/1.HEIC")), "Input/output error");
}

TEST_F(SinkFolderTest, CopiesAFolderWithItsFiles) {
    MemoryTree sink;
    SinkFolder folder(sink, clock, events);
    store(folder, "U/a/1", "one");
    store(folder, "U/a/b/2", "two");
    EXPECT_TRUE(folder.copy(ItemPath("U/a"), ItemPath("U/c")));
    EXPECT_FALSE(folder.copy(ItemPath("U/none"), ItemPath("U/d")));
    EXPECT_THROW(folder.copy(ItemPath("U/a"), ItemPath("U/a/x")), Misuse);
    EXPECT_EQ(text_at(folder, "U/c/b/2"), "two");
    EXPECT_EQ(text_at(folder, "U/a/1"), "one");
}

TEST_F(SinkFolderTest, NoRoomIsPromisedWhereThePlaceIsFull) {
    class Full final : public ItemSink {
    public:
        void put(const Item&, ByteSource&) override {}
        bool keep(const Item&) override { return false; }
        void keep_all() override {}
        void unreadable(const ItemPath&, const std::string&) override {}
        void move(const ItemPath&, const ItemPath&) override {}
        void remove(const ItemPath&) override {}
        const FileTree& so_far() const override { return nothing; }
        std::optional<uint64_t> room() const override { return free; }
        MemoryTree nothing{};
        std::optional<uint64_t> free = 1000;
    } full;
    SinkFolder folder(full, clock, events);
    EXPECT_EQ(folder.free_bytes(), 0u);
    EXPECT_EQ(folder.kept_back(), 1000u);
    full.free = uint64_t{1} << 30;
    EXPECT_EQ(folder.kept_back(), uint64_t{64} << 20);
    EXPECT_EQ(folder.free_bytes(), (uint64_t{1} << 30) - (uint64_t{64} << 20));
    full.free.reset();
    EXPECT_GT(folder.free_bytes(), uint64_t{1} << 40) << "untold is not full";
    EXPECT_EQ(folder.kept_back(), 0u) << "of what nobody knows";
}

class TreeFolderTest : public SinkFolderTest {
protected:
    TreeFolderTest() {
        before.add_file(ItemPath("U/ab/abc1"), to_bytes("one"));
        before.add_file(ItemPath("U/Status.plist"), to_bytes("finished"));
    }
    TreeFolder folder{before};
};

TEST_F(TreeFolderTest, GivesWhatIsThereAndTakesNothing) {
    EXPECT_EQ(text_at(folder, "U/ab/abc1"), "one");
    EXPECT_EQ(names(folder, "U"), (Names{"Status.plist", "ab/"}));
    MemorySource source(to_bytes("x"));
    EXPECT_THROW(folder.store(ItemPath("U/x"), source), Denied);
    EXPECT_THROW(folder.remove(ItemPath("U/ab")), Denied);
    EXPECT_THROW(folder.move(ItemPath("U/ab"), ItemPath("U/cd")), Denied);
    EXPECT_FALSE(folder.remove(ItemPath("U/none")));
    EXPECT_FALSE(folder.move(ItemPath("U/none"), ItemPath("U/cd")));
}

TEST_F(TreeFolderTest, ACopyOfTheWholeBackupCostsNothing) {
    EXPECT_TRUE(folder.make_folder(ItemPath("copies")));
    EXPECT_TRUE(folder.copy(ItemPath("U"), ItemPath("copies/V")));
    EXPECT_EQ(text_at(folder, "copies/V/ab/abc1"), "one");
    EXPECT_EQ(names(folder, "copies"), (Names{"V/"}));
    EXPECT_EQ(names(folder, "copies/V"), (Names{"Status.plist", "ab/"}));
    EXPECT_TRUE(folder.copy(ItemPath("copies/V/ab/abc1"), ItemPath("W/abc1")));
    EXPECT_EQ(text_at(folder, "W/abc1"), "one");
    EXPECT_TRUE(folder.move(ItemPath("copies/V"), ItemPath("Y")));
    EXPECT_EQ(text_at(folder, "Y/Status.plist"), "finished");
    EXPECT_EQ(text_at(folder, "copies/V/Status.plist"), "nothing");
    EXPECT_TRUE(folder.remove(ItemPath("Y")));
    EXPECT_EQ(text_at(folder, "Y/Status.plist"), "nothing");
    EXPECT_EQ(text_at(folder, "U/Status.plist"), "finished");
}

}  // namespace
}  // namespace lifeboat::phone::ios
