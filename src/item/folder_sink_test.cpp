#include "item/folder_sink.h"

#include "base/error.h"
#include "item/memory_items.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
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

// Gives as little at a time as a network would.
class DripSource final : public ByteSource {
public:
    DripSource(ByteView content, size_t most) : rest_(content), most_(most) {}
    size_t read(MutableByteView out) override {
        const size_t size = std::min({out.size(), most_, rest_.size()});
        std::copy_n(rest_.begin(), size, out.begin());
        rest_ = rest_.subspan(size);
        return size;
    }

private:
    ByteView rest_;
    size_t most_;
};

// Large files go past the page cache, in whole pages but for their end.
TEST_F(FolderSinkTest, WritesLargeFilesToTheLastByte) {
    constexpr size_t mib = size_t{1} << 20;
    Bytes content(3 * mib + 4097);
    uint32_t state = 1;
    for (std::byte& byte : content)
        byte = static_cast<std::byte>((state = state * 69069 + 1) >> 24);
    FolderSink sink(root_.string());
    for (const size_t size : {mib - 1, mib, mib + 1, mib + 4096, 2 * mib + 4095, content.size()}) {
        for (const size_t most : {size_t{1000}, size_t{65536}, content.size()}) {
            const ByteView wanted = ByteView(content).first(size);
            DripSource source(wanted, most);
            sink.put({.path = ItemPath("large"), .size = size}, source);
            const Bytes read = read_all(*sink.open(ItemPath("large")), content.size());
            EXPECT_TRUE(std::ranges::equal(read, wanted)) << size << " by " << most;
        }
    }
}

// The size is what somebody said: content may be longer or shorter.
TEST_F(FolderSinkTest, WritesWhatThereIsWhateverWasSaid) {
    const Bytes content(5000, std::byte{'x'});
    FolderSink sink(root_.string());
    for (const uint64_t said : {uint64_t{0}, uint64_t{4096}, uint64_t{1} << 30}) {
        MemorySource source{Bytes(content)};
        sink.put({.path = ItemPath("said"), .size = said}, source);
        EXPECT_EQ(read_all(*sink.open(ItemPath("said")), 10'000), content) << said;
    }
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
