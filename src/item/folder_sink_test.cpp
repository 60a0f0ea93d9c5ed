#include "item/folder_sink.h"

#include "base/error.h"
#include "item/memory_items.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace lifeboat {
namespace {

namespace fs = std::filesystem;

class FolderSinkTest : public testing::Test {
protected:
    FolderSinkTest() {
        std::string name = (fs::temp_directory_path() / "lifeboat-folder-XXXXXX").string();
        root_ = ::mkdtemp(name.data());
    }
    ~FolderSinkTest() override { fs::remove_all(root_); }

    void put(FolderSink& sink, const Item& item, std::string_view text) {
        MemorySource source(to_bytes(text));
        sink.put(item, source);
    }

    fs::path root_;
};

TEST_F(FolderSinkTest, KeepsContentNameAndTimeToTheNanosecond) {
    FolderSink sink(root_.string());
    const Item item{.path = ItemPath("a b/\xff\n\"x"),
                    .size = 2,
                    .mode = 0640,
                    .modified = TimePoint{nanoseconds{1'700'000'000'123'456'789}}};
    put(sink, item, "hi");
    const auto found = sink.find(item.path);
    ASSERT_TRUE(found);
    EXPECT_EQ(*found, item);
    EXPECT_EQ(to_text(read_all(*sink.open(item.path), 10)), "hi");
}

TEST_F(FolderSinkTest, NeverFollowsALinkOutOfTheFolder) {
    const fs::path outside = root_ / "outside";
    const fs::path inside = root_ / "inside";
    fs::create_directories(outside);
    fs::create_directories(inside);
    fs::create_directory_symlink(outside, inside / "way");
    FolderSink sink(inside.string());
    EXPECT_THROW(put(sink, {.path = ItemPath("way/x")}, "evil"), Denied);
    EXPECT_TRUE(fs::is_empty(outside));
    std::ofstream(outside / "kept") << "kept";
    fs::create_symlink(outside / "kept", inside / "file");
    put(sink, {.path = ItemPath("file")}, "new");  // replaces the link, not what it points to
    std::ifstream kept(outside / "kept");
    std::string text;
    kept >> text;
    EXPECT_EQ(text, "kept");
}

class BreakingSource final : public ByteSource {
public:
    size_t read(MutableByteView) override { throw Corrupt("damaged"); }
};

TEST_F(FolderSinkTest, ABrokenSourceLeavesWhatWasThere) {
    FolderSink sink(root_.string());
    put(sink, {.path = ItemPath("x")}, "old");
    BreakingSource broken;
    EXPECT_THROW(sink.put({.path = ItemPath("x")}, broken), Corrupt);
    EXPECT_EQ(to_text(read_all(*sink.open(ItemPath("x")), 10)), "old");
    EXPECT_EQ(std::distance(fs::directory_iterator(root_), {}), 1);
}

}  // namespace
}  // namespace lifeboat
