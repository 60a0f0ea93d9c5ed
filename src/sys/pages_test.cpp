#include "sys/pages.h"

#include "sys/page_pool.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <new>
#include <vector>

namespace lifeboat::sys {
namespace {

bool starts_on_a_page(const Pages& pages) {
    return std::bit_cast<uintptr_t>(pages.start()) % 4096 == 0;
}

TEST(PagesTest, StartOnAPageWhateverTheirSize) {
    for (const size_t size : {size_t{1}, size_t{100'000}, page_pool_unit, page_pool_unit + 1,
                              page_pool_size, page_pool_size + 1}) {
        const Pages pages(size);
        EXPECT_TRUE(starts_on_a_page(pages)) << size;
        pages.start()[0] = pages.start()[size - 1] = std::byte{1};
    }
}

TEST(PagesTest, LargeOnesAreUsedAgain) {
    std::byte* before = nullptr;
    {
        const Pages first(page_pool_unit * 3);
        before = first.start();
        EXPECT_TRUE(is_of_page_pool(before));
        EXPECT_EQ(size_in_page_pool(before), page_pool_unit * 3);
    }
    const Pages again(page_pool_unit * 2 + 1);
    EXPECT_EQ(again.start(), before);
    const Pages beside(page_pool_unit);
    EXPECT_EQ(beside.start(), before + page_pool_unit * 3);
}

TEST(PagesTest, NeverLieOverEachOther) {
    std::vector<Pages> all;
    std::vector<uint8_t> marks;
    uint32_t state = 7;
    for (int round = 0; round < 2000; ++round) {
        state = state * 1664525 + 1013904223;
        const size_t size = (1 + (state >> 8) % 40) * page_pool_unit - (state >> 16) % 5000;
        if (all.size() > 5) {  // more than fit: some lie outside of the pool
            const size_t gone = state % all.size();
            EXPECT_EQ(all[gone].start()[0], std::byte{marks[gone]});
            all.erase(all.begin() + static_cast<std::ptrdiff_t>(gone));
            marks.erase(marks.begin() + static_cast<std::ptrdiff_t>(gone));
        }
        all.emplace_back(size);
        marks.push_back(static_cast<uint8_t>(round));
        all.back().start()[0] = all.back().start()[size - 1] = std::byte{marks.back()};
    }
    for (size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i].start()[0], std::byte{marks[i]});
}

// What is in use stays as it is.
TEST(PagesTest, TheRestGoesBackToTheSystem) {
    const Pages kept(page_pool_unit);
    std::byte* gone = nullptr;
    {
        const Pages other(page_pool_unit);
        gone = other.start();
        kept.start()[5] = gone[5] = std::byte{9};
    }
    release_page_pool();
    EXPECT_EQ(kept.start()[5], std::byte{9});
    const Pages again(page_pool_unit);
    ASSERT_EQ(again.start(), gone);
    EXPECT_EQ(again.start()[5], std::byte{0});
}

TEST(PagesTest, KeepTheirBytesWhenTheyMove) {
    Pages first(5000);
    first.start()[4999] = std::byte{7};
    Pages second = std::move(first);
    EXPECT_EQ(second.start()[4999], std::byte{7});
    Pages third(10);
    third = std::move(second);
    EXPECT_EQ(third.start()[4999], std::byte{7});
}

TEST(PagesTest, OfNothingAreNowhere) {
    EXPECT_EQ(Pages().start(), nullptr);
    EXPECT_EQ(Pages(0).start(), nullptr);
}

TEST(PagesTest, SayWhenThereIsNotThatMuch) {
    EXPECT_THROW(Pages(SIZE_MAX / 2), std::bad_alloc);
}

}  // namespace
}  // namespace lifeboat::sys
