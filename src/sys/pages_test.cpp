#include "sys/pages.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <new>

namespace lifeboat::sys {
namespace {

TEST(PagesTest, AreZeroAndStartOnAPage) {
    const Pages pages(100'000);
    EXPECT_EQ(std::bit_cast<uintptr_t>(pages.start()) % 4096, 0u);
    EXPECT_TRUE(std::all_of(pages.start(), pages.start() + 100'000,
                            [](std::byte b) { return b == std::byte{0}; }));
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
