#include "repository/arena.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace lifeboat::repository {
namespace {

constexpr size_t unit = size_t{16} << 10;

bool is_inside(const Block& block, const Block& first, size_t arena) {
    const auto distance = block.view(1).data() - first.view(1).data();
    return distance >= 0 && static_cast<size_t>(distance) + block.capacity() <= arena;
}

TEST(ArenaTest, GivesPartsThatDoNotOverlap) {
    Arena arena(8 * unit);
    std::vector<Block> blocks;
    for (size_t i = 0; i < 4; ++i) blocks.push_back(arena.take(2 * unit - i));
    for (size_t i = 0; i < 4; ++i) {
        EXPECT_EQ(blocks[i].capacity(), 2 * unit);
        std::ranges::fill(blocks[i].bytes(2 * unit), static_cast<std::byte>(i));
    }
    for (size_t i = 0; i < 4; ++i) {
        const ByteView view = blocks[i].view(2 * unit);
        EXPECT_TRUE(
            std::ranges::all_of(view, [&](std::byte b) { return b == static_cast<std::byte>(i); }));
        EXPECT_TRUE(is_inside(blocks[i], blocks[0], 8 * unit));
    }
}

TEST(ArenaTest, UsesAgainWhatIsFree) {
    Arena arena(4 * unit);
    const std::byte* const first = arena.take(4 * unit).view(1).data();
    for (int i = 0; i < 10; ++i) EXPECT_EQ(arena.take(3 * unit).view(1).data(), first);
}

TEST(ArenaTest, GivesMemoryFromElsewhereWhenItIsFull) {
    Arena arena(2 * unit);
    const Block all = arena.take(2 * unit);
    Block more = arena.take(5 * unit);
    EXPECT_EQ(more.capacity(), 5 * unit);
    EXPECT_FALSE(is_inside(more, all, 2 * unit));
    more.bytes(5 * unit).back() = std::byte{1};
}

TEST(ArenaTest, BlocksMoveWithTheirMemory) {
    Arena arena(2 * unit);
    Block first = arena.take(10);
    first.bytes(1)[0] = std::byte{9};
    Block second = std::move(first);
    EXPECT_TRUE(first.empty());
    EXPECT_EQ(second.view(1)[0], std::byte{9});
    second = Block();
    EXPECT_EQ(arena.take(2 * unit).capacity(), 2 * unit);
}

// Random takes and returns, each block marked and checked: no two ever share a byte.
TEST(ArenaTest, HoldsUnderRandomUse) {
    Arena arena(64 * unit);
    std::mt19937 chance(5);
    std::vector<std::pair<Block, std::byte>> held;
    for (int round = 0; round < 5000; ++round) {
        if (!held.empty() && chance() % 2 == 0) {
            const size_t i = chance() % held.size();
            const auto& [block, mark] = held[i];
            ASSERT_TRUE(std::ranges::all_of(block.view(block.capacity()),
                                            [&](std::byte b) { return b == mark; }));
            std::swap(held[i], held.back());
            held.pop_back();
        } else if (held.size() < 40) {
            Block block = arena.take(chance() % (6 * unit) + 1);
            const auto mark = static_cast<std::byte>(round);
            std::ranges::fill(block.bytes(block.capacity()), mark);
            held.emplace_back(std::move(block), mark);
        }
    }
}

}  // namespace
}  // namespace lifeboat::repository
