#include "item/item_path.h"

#include "base/error.h"

#include <gtest/gtest.h>

namespace lifeboat {
namespace {

TEST(ItemPath, RefusesWhatCouldLeaveTheTarget) {
    using std::string_view_literals::operator""sv;
    for (const auto text :
         {"/etc/passwd"sv, "../x"sv, "a/../b"sv, "a//b"sv, "a/"sv, "./a"sv, "a\0b"sv, ".."sv}) {
        EXPECT_FALSE(ItemPath::parse(text)) << text;
    }
    EXPECT_FALSE(ItemPath::parse(std::string(256, 'x')));
    EXPECT_THROW(ItemPath("a").child("../b"), Misuse);
}

TEST(ItemPath, NavigatesDownAndUp) {
    const ItemPath path("DCIM/Camera/a.jpg");
    EXPECT_EQ(path.name(), "a.jpg");
    EXPECT_EQ(path.parent(), ItemPath("DCIM/Camera"));
    EXPECT_TRUE(path.is_within(ItemPath("DCIM")));
    EXPECT_FALSE(path.is_within(ItemPath("DC")));
    EXPECT_TRUE(path.is_within(ItemPath{}));
    EXPECT_TRUE(ItemPath("x").parent().is_root());
}

}  // namespace
}  // namespace lifeboat
