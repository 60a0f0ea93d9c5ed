#include "item/opened_folder.h"

#include "base/error.h"
#include "item/memory_items.h"
#include "item/stream_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <thread>

namespace lifeboat {
namespace {

Bytes pattern(size_t size) {
    Bytes bytes(size);
    uint32_t state = 1;
    for (std::byte& one : bytes) one = std::byte((state = state * 1664525 + 1013904223) >> 24);
    return bytes;
}

Bytes joined(const std::vector<Piece>& pieces) {
    Bytes all;
    for (const Piece& piece : pieces) append(all, piece.bytes);
    return all;
}

Bytes part(const Bytes& all, size_t offset, size_t size) {
    const auto begin = all.begin() + static_cast<std::ptrdiff_t>(std::min(offset, all.size()));
    return {begin,
            begin + std::min<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(size), all.end() - begin)};
}

// Gives a few bytes at a time, and what is wrong where it is wrong.
class Stream final : public ByteSource {
public:
    Stream(ByteView bytes, size_t fails_at, bool temporary)
        : bytes_(bytes), fails_at_(fails_at), temporary_(temporary) {}
    size_t read(MutableByteView out) override {
        if (at_ >= fails_at_ && temporary_) throw Temporary("the cable");
        if (at_ >= fails_at_) throw Corrupt("a block does not match its hash");
        const size_t left = std::min(bytes_.size(), fails_at_) - at_;
        const size_t size = std::min({out.size(), left, size_t{50'000}});
        std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(at_), size, out.begin());
        at_ += size;
        return size;
    }

private:
    ByteView bytes_;
    size_t fails_at_, at_ = 0;
    bool temporary_;
};

// One file "a", of which it is counted how often it is begun.
class OneFile final : public FileTree {
public:
    explicit OneFile(Bytes bytes) : bytes_(std::move(bytes)) {}
    std::optional<Item> find(const ItemPath&) const override { return std::nullopt; }
    void list(const ItemPath&, const Each& each) const override {
        ++listed;
        each({.path = ItemPath("a"), .size = bytes_.size()});
    }
    std::unique_ptr<ByteSource> open(const ItemPath&) const override {
        ++begun;
        return std::make_unique<Stream>(bytes_, fails_at, temporary);
    }
    mutable std::atomic<int> begun = 0, listed = 0;
    size_t fails_at = SIZE_MAX;
    bool temporary = false;

private:
    Bytes bytes_;
};

class StreamFileTest : public testing::Test {
protected:
    StreamFile file(uint64_t size) {
        return {[this](const std::stop_token&) { return tree_; }, ItemPath("a"), size};
    }
    Bytes read(const StreamFile& file, uint64_t offset, size_t size) {
        return joined(file.read_at(offset, size, {}));
    }
    const size_t size_ = 5'000'123;
    Bytes content_ = pattern(size_);
    std::shared_ptr<OneFile> tree_ = std::make_shared<OneFile>(content_);
};

TEST_F(StreamFileTest, ReadingOnNeedsOneStream) {
    const StreamFile opened = file(size_);
    Bytes all;
    while (all.size() < size_) append(all, read(opened, all.size(), 100'001));
    EXPECT_EQ(all, content_);
    EXPECT_EQ(tree_->begun, 1);
    EXPECT_EQ(tree_.use_count(), 1) << "the tree is held behind the end";
}

TEST_F(StreamFileTest, RequestsThatOvertakeEachOtherNeedOneStream) {
    const StreamFile opened = file(size_);
    const size_t step = 131'072;
    for (size_t at = 0; at < size_; at += 2 * step) {
        EXPECT_EQ(read(opened, at + step, step), part(content_, at + step, step));
        EXPECT_EQ(read(opened, at, step), part(content_, at, step));
    }
    EXPECT_EQ(tree_->begun, 1);
}

TEST_F(StreamFileTest, AnyOrder) {
    const StreamFile opened = file(size_);
    uint32_t chance = 7;
    for (int i = 0; i < 200; ++i) {
        chance = chance * 1664525 + 1013904223;
        const size_t at = chance % size_, size = 1 + chance % 400'000;
        ASSERT_EQ(read(opened, at, size), part(content_, at, size)) << at << " " << size;
    }
    EXPECT_EQ(read(opened, 0, size_ + 10), content_) << "one request larger than what is kept";
}

TEST_F(StreamFileTest, EndsWhereItsFolderSays) {
    const StreamFile opened = file(size_);
    EXPECT_EQ(read(opened, size_ - 3, 100), part(content_, size_ - 3, 3));
    EXPECT_TRUE(opened.read_at(size_, 1, {}).empty());
    EXPECT_TRUE(opened.read_at(UINT64_MAX, 1, {}).empty());
    EXPECT_TRUE(file(0).read_at(0, 10, {}).empty());
}

TEST_F(StreamFileTest, AnotherSizeIsDamage) {
    const StreamFile shorter = file(size_ + 1000);
    EXPECT_EQ(read(shorter, size_ - 50, 50), part(content_, size_ - 50, 50));
    EXPECT_THROW(read(shorter, size_ - 50, 51), Corrupt);
    const StreamFile longer = file(size_ - 1000);
    EXPECT_EQ(read(longer, 0, 4096), part(content_, 0, 4096));
    EXPECT_THROW(read(longer, size_ - 1001, 1), Corrupt);
}

TEST_F(StreamFileTest, WhatLiesBeforeDamageIsGivenAndTheRestIsAnError) {
    tree_->fails_at = 3'000'000;
    const StreamFile opened = file(size_);
    EXPECT_THROW(read(opened, 2'900'000, 200'000), Corrupt) << "all or nothing";
    EXPECT_EQ(read(opened, 2'900'000, 100'000), part(content_, 2'900'000, 100'000));
    EXPECT_THROW(read(opened, 3'000'000, 1), Corrupt);
    EXPECT_EQ(tree_->begun, 1);
    EXPECT_THROW(read(opened, 4'500'000, 1), Corrupt);
    EXPECT_EQ(tree_->begun, 1) << "damage is remembered";
    EXPECT_EQ(read(opened, 10, 4096), part(content_, 10, 4096));
}

TEST_F(StreamFileTest, WhatPassesIsTriedAgain) {
    tree_->fails_at = 1'000'000;
    tree_->temporary = true;
    const StreamFile opened = file(size_);
    EXPECT_THROW(read(opened, 1'500'000, 10), Temporary);
    tree_->fails_at = SIZE_MAX;
    EXPECT_EQ(read(opened, 1'500'000, 10), part(content_, 1'500'000, 10));
    std::stop_source stop;
    stop.request_stop();
    EXPECT_THROW(opened.read_at(4'000'000, 10, stop.get_token()), Cancelled);
}

TEST_F(StreamFileTest, ManyThreads) {
    const StreamFile opened = file(size_);
    std::atomic<int> wrong = 0;
    std::vector<std::jthread> readers;
    for (uint32_t seed = 1; seed <= 6; ++seed) {
        readers.emplace_back([&, seed] {
            uint32_t chance = seed;
            for (int i = 0; i < 40; ++i) {
                chance = chance * 1664525 + 1013904223;
                const size_t at = chance % size_;
                if (read(opened, at, 20'000) != part(content_, at, 20'000)) ++wrong;
            }
        });
    }
    readers.clear();
    EXPECT_EQ(wrong, 0);
}

class OpenedFolderTest : public testing::Test {
protected:
    std::shared_ptr<const OpenFolder> root(std::shared_ptr<const FileTree> tree) {
        return opened_folder(
            [this, tree](const std::stop_token&) {
                ++opened_;
                return tree;
            },
            memory_);
    }
    std::atomic<int> opened_ = 0;
    std::shared_ptr<ListingMemory> memory_ = std::make_shared<ListingMemory>(3);
};

TEST_F(OpenedFolderTest, ShowsWhatTheTreeHolds) {
    const auto tree = std::make_shared<MemoryTree>();
    const TimePoint date{std::chrono::seconds{1'700'000'000}};
    tree->add_file(ItemPath("b/deep/one.txt"), pattern(10), date);
    tree->add_file(ItemPath("a.txt"), pattern(300'000), date);
    MemorySource none({});
    tree->put({.path = ItemPath("c"), .kind = ItemKind::symlink, .link_target = "../b"}, none);
    const auto folder = root(tree);
    EXPECT_EQ(opened_, 0) << "nobody has looked";
    const auto listing = folder->listing({});
    ASSERT_EQ(listing->size(), 3U);
    EXPECT_EQ(listing->entry(0).name, "a.txt");
    EXPECT_EQ(listing->entry(0).size, 300'000U);
    EXPECT_EQ(listing->entry(0).modified, date);
    EXPECT_TRUE(S_ISREG(listing->entry(0).mode));
    EXPECT_TRUE(S_ISDIR(listing->entry(1).mode));
    EXPECT_TRUE(S_ISLNK(listing->entry(2).mode));
    EXPECT_EQ(listing->link_target(2), "../b");
    EXPECT_EQ(listing->entry(2).size, 4U);
    EXPECT_EQ(listing->find("c"), 2U);
    EXPECT_EQ(listing->find("bb"), std::nullopt);
    EXPECT_TRUE(listing->can_be_shown(0));
    EXPECT_EQ(joined(listing->file(0, {})->read_at(5, 299'995, {})),
              part(pattern(300'000), 5, 299'995));
    const auto deep = listing->folder(1)->listing({})->folder(0)->listing({});
    EXPECT_EQ(deep->entry(0).name, "one.txt");
    EXPECT_EQ(joined(deep->file(0, {})->read_at(0, 100, {})), pattern(10));
}

TEST_F(OpenedFolderTest, AListingIsTakenOnceWhileItIsKept) {
    const auto tree = std::make_shared<OneFile>(pattern(10));
    const auto folder = root(tree);
    EXPECT_EQ(folder->listing({}), folder->listing({}));
    EXPECT_EQ(tree->listed, 1);
    std::vector<std::shared_ptr<const OpenFolder>> others;
    for (int i = 0; i < 10; ++i) {
        others.push_back(root(tree));
        others.back()->listing({});
        EXPECT_LE(memory_->entries(), 3U);
    }
    const int before = tree->listed;
    EXPECT_EQ(folder->listing({})->size(), 1U);
    EXPECT_EQ(tree->listed, before + 1) << "forgotten, and taken again";
}

TEST_F(OpenedFolderTest, AFileThatIsNotThereIsDamage) {
    class Lost final : public FileTree {
        std::optional<Item> find(const ItemPath&) const override { return std::nullopt; }
        void list(const ItemPath&, const Each& each) const override {
            each({.path = ItemPath("a"), .size = 10});
        }
        std::unique_ptr<ByteSource> open(const ItemPath&) const override {
            throw Missing("its bytes are not in the backup");
        }
    };
    const auto listing = root(std::make_shared<Lost>())->listing({});
    EXPECT_THROW(listing->file(0, {})->read_at(0, 1, {}), Corrupt);
}

}  // namespace
}  // namespace lifeboat
