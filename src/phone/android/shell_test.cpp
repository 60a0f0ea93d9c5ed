#include "base/error.h"
#include "phone/android/exact_times.h"
#include "phone/android/sha256sum.h"
#include "phone/android/shell_quote.h"
#include "phone/android/shell_wire.h"

#include <gtest/gtest.h>

#include <map>

namespace lifeboat::phone::android {
namespace {

TEST(ShellQuote, EveryByteSurvives) {
    EXPECT_EQ(shell_quote("plain"), "'plain'");
    EXPECT_EQ(shell_quote("it's $HOME `x` \n \\"), "'it'\\''s $HOME `x` \n \\'");
    EXPECT_EQ(shell_quote(""), "''");
    EXPECT_THROW(shell_quote(std::string_view("a\0b", 3)), Misuse);
}

Bytes exit_packet(int code) {
    const std::byte value{static_cast<unsigned char>(code)};
    return shell_packet(ShellPacket::exit, ByteView(&value, 1));
}

TEST(ShellReader, PiecesOfAnySize) {
    Bytes stream = shell_packet(ShellPacket::output, as_bytes("hello "));
    append(stream, shell_packet(ShellPacket::errors, as_bytes("oops")));
    append(stream, shell_packet(ShellPacket::output, {}));
    append(stream, shell_packet(ShellPacket::output, as_bytes("world")));
    append(stream, exit_packet(7));
    append(stream, as_bytes("anything behind"));
    for (const size_t piece : {1u, 2u, 3u, 5u, 7u, 1000u}) {
        std::map<ShellPacket, std::string> got;
        ShellReader reader([&](ShellPacket kind, ByteView data) { got[kind] += as_text(data); });
        for (size_t at = 0; at < stream.size(); at += piece) {
            reader.feed(ByteView(stream).subspan(at, std::min(piece, stream.size() - at)));
        }
        EXPECT_EQ(got[ShellPacket::output], "hello world") << piece;
        EXPECT_EQ(got[ShellPacket::errors], "oops");
        EXPECT_EQ(reader.exit_code(), 7);
    }
}

TEST(ShellReader, GarbageIsCorrupt) {
    ShellReader reader([](ShellPacket, ByteView) {});
    EXPECT_THROW(reader.feed(as_bytes("GARBAGE")), Corrupt);
    Bytes long_exit = shell_packet(ShellPacket::exit, as_bytes("ab"));
    ShellReader second([](ShellPacket, ByteView) {});
    EXPECT_THROW(second.feed(long_exit), Corrupt);
}

const std::string digits_a(64, 'a');
const std::string digits_b(64, 'b');

std::map<size_t, std::string> sums(const std::vector<std::string>& paths, const std::string& text,
                                   size_t piece) {
    std::map<size_t, std::string> out;
    Sha256sumReader reader(paths, [&](size_t i, const Digest& d) { out[i] = d.hex(); });
    for (size_t at = 0; at < text.size(); at += piece) reader.feed(text.substr(at, piece));
    reader.finish();
    return out;
}

TEST(Sha256sum, PlainEscapedAndUnescapedNames) {
    const std::vector<std::string> paths{"/s/a", "/s/new\nline", "/s/back\\slash", "/s/b c"};
    const std::string gnu = digits_a + "  /s/a\n\\" + digits_b + "  /s/new\\nline\n\\" + digits_a +
                            "  /s/back\\\\slash\n" + digits_b + "  /s/b c\n";
    const std::string toybox = digits_a + "  /s/a\n" + digits_b + "  /s/new\nline\n" + digits_a +
                               "  /s/back\\slash\n" + digits_b + "  /s/b c\n";
    const std::map<size_t, std::string> expected{
        {0, digits_a}, {1, digits_b}, {2, digits_a}, {3, digits_b}};
    for (const size_t piece : {1u, 10u, 67u, 10'000u}) {
        EXPECT_EQ(sums(paths, gnu, piece), expected) << piece;
        EXPECT_EQ(sums(paths, toybox, piece), expected) << piece;
    }
}

TEST(Sha256sum, RefusedFilesAreLeftOut) {
    const auto got = sums({"/a", "/b", "/c"}, digits_a + "  /a\n" + digits_b + "  /c\n", 5);
    EXPECT_EQ(got, (std::map<size_t, std::string>{{0, digits_a}, {2, digits_b}}));
}

TEST(Sha256sum, NameCannotSpeakForAnotherFile) {
    // The first name holds a whole line for the second one.
    const std::string hostile = "/a\n" + digits_b + "  /victim";
    const auto got = sums({hostile, "/victim"},
                          digits_a + "  " + hostile + "\n" + digits_a + "  /victim\n", 1000);
    EXPECT_EQ(got, (std::map<size_t, std::string>{{0, digits_a}, {1, digits_a}}));
}

TEST(Sha256sum, RubbishIsNothing) {
    EXPECT_TRUE(sums({"/a"}, "sha256sum: not found\n", 3).empty());
    EXPECT_TRUE(sums({"/a"}, digits_a + "  /other\n", 1000).empty());
    EXPECT_TRUE(sums({"/a"}, std::string(100'000, 'x'), 1000).empty());
    EXPECT_TRUE(sums({}, digits_a + "  /a\n", 1000).empty());
}

TEST(ExactTimes, NamesWithLineBreaksAndBothTimeForms) {
    ExactTimesReader reader("MARK");
    const std::string text =
        "MARK 5 1714557600 2024-05-01 12:00:00.123456789 +0200|/sdcard//a b\n"
        "MARK 6 1714557601 2024-05-01 12:00:01.5|/sdcard/c\nMARK2 7 1 x|/sdcard/z\n"
        "stat: no such file\n"
        "MARK 7 -1 1969-12-31 23:59:59.000000001 +0000|/sdcard/d\nMARK x 1 y|/sdcard/bad\n";
    for (const char c : text) reader.feed(std::string_view(&c, 1));
    const auto times = reader.finish();
    EXPECT_EQ(times.size(), 3u);
    EXPECT_EQ(times.at("/sdcard/a b"), (ExactTime{5, 1714557600, 123456789}));
    EXPECT_EQ(times.at("/sdcard/c\nMARK2 7 1 x|/sdcard/z\nstat: no such file"),
              (ExactTime{6, 1714557601, 500000000}));
    EXPECT_EQ(times.at("/sdcard/d"), (ExactTime{7, -1, 1}));
}

TEST(ExactTimes, PhoneWithoutStatGivesNone) {
    ExactTimesReader reader("MARK");
    reader.feed("/system/bin/sh: stat: not found\n");
    EXPECT_TRUE(reader.finish().empty());
    EXPECT_FALSE(nanoseconds_in("2024-05-01 12:00:00"));
    EXPECT_FALSE(nanoseconds_in("12:00:00.12x"));
    EXPECT_EQ(nanoseconds_in("12:00:00.25 +0100"), 250'000'000u);
}

}  // namespace
}  // namespace lifeboat::phone::android
