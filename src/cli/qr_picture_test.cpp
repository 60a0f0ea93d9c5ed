#include "cli/qr_picture.h"

#include "base/error.h"
#include "base/text.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace lifeboat::cli {
namespace {

constexpr std::string_view text = "WIFI:T:ADB;S:lifeboat-Ab3dE6gH;P:1234567890ab;;";

size_t count(std::string_view in, std::string_view what) {
    size_t found = 0;
    for (size_t at = in.find(what); at != std::string_view::npos; at = in.find(what, at + 1)) {
        ++found;
    }
    return found;
}

size_t dark_modules(const QrPicture& picture) {
    size_t dark = 0;
    for (size_t y = 0; y < picture.width(); ++y) {
        for (size_t x = 0; x < picture.width(); ++x) dark += picture.is_dark(x, y) ? 1 : 0;
    }
    return dark;
}

// That it can be read is shown by a reader that nobody here wrote: tests/e2e/test_phone_nearby.py.
TEST(QrPicture, HasTheThreeCorners) {
    const QrPicture picture(text);
    EXPECT_EQ(picture.width(), 29U);  // version 3
    for (size_t i = 0; i < 7; ++i) {
        EXPECT_TRUE(picture.is_dark(i, 0) && picture.is_dark(0, i));
        EXPECT_TRUE(picture.is_dark(picture.width() - 1 - i, 0));
        EXPECT_TRUE(picture.is_dark(i, picture.width() - 1));
    }
    EXPECT_FALSE(picture.is_dark(7, 7));
    EXPECT_FALSE(picture.is_dark(picture.width() - 1, picture.width() - 1) &&
                 picture.is_dark(picture.width() - 7, picture.width() - 1) &&
                 picture.is_dark(picture.width() - 1, picture.width() - 7));
}

TEST(QrPicture, EveryFormHasTheSameModules) {
    const QrPicture picture(text);
    const size_t dark = dark_modules(picture);
    const std::string blocks = picture.for_terminal(true);
    EXPECT_EQ(2 * count(blocks, "█") + count(blocks, "▀") + count(blocks, "▄"), dark);
    EXPECT_EQ(count(blocks, "\n"), 19U);
    const std::string blanks = picture.for_terminal(false);
    EXPECT_EQ(count(blanks, "\x1b[48;5;16m  "), dark);
    EXPECT_EQ(count(blanks, "\x1b[48;5;231m  "), 37 * 37 - dark);
    EXPECT_EQ(count(picture.as_svg(), "h1v1h-1z"), dark);
    // What is shown holds the text as a picture only.
    for (const std::string& form : {blocks, blanks, picture.as_svg()}) {
        EXPECT_EQ(form.find("1234567890ab"), std::string::npos);
    }
}

TEST(QrPicture, WhatDoesNotFit) {
    EXPECT_THROW(QrPicture(std::string(3000, 'x')), Misuse);
    EXPECT_THROW(QrPicture(""), Misuse);
}

}  // namespace
}  // namespace lifeboat::cli
