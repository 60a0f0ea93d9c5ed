#include "plist/plist.h"

#include "base/hex.h"
#include "plist/unicode.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace lifeboat::plist {
namespace {

using testing::HasSubstr;

Value everything() {
    return Dict{{"zeta", Array{1, -1, 0, 255, 256, 65536, int64_t{1} << 40}},
                {"alpha", Dict{{"yes", true}, {"no", false}}},
                {"largest", std::numeric_limits<uint64_t>::max()},
                {"lowest", std::numeric_limits<int64_t>::min()},
                {"real", 2.25},
                {"date", Date{700'000'000}},
                {"data", to_bytes(std::string_view("\0\xff\x10", 3))},
                {"text", "a & b < c > \"d\"\r\n\tå 😀"},
                {"empty", Array{"", Bytes{}, Array{}, Dict{}}},
                {"uid", Uid{7}}};
}

std::string xml(std::string_view body) {
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?><plist version=\"1.0\">" + std::string(body) +
           "</plist>";
}

Value from_xml(std::string_view body) {
    return read(as_bytes(xml(body)));
}

std::string refusal(ByteView bytes, const Limits& limits = {}) {
    try {
        read(bytes, limits);
    } catch (const Malformed& error) {
        return error.message();
    }
    return "accepted";
}

std::string xml_refusal(std::string_view body) {
    return refusal(as_bytes(xml(body)));
}

// A binary list of these objects, each given as hexadecimal; the first is the root.
Bytes binary(std::initializer_list<std::string_view> objects) {
    Bytes out = to_bytes("bplist00");
    Bytes table;
    for (const std::string_view object : objects) {
        table.push_back(static_cast<std::byte>(out.size()));
        append(out, *from_hex(object));
    }
    const auto at = static_cast<std::byte>(out.size());
    append(out, table);
    append(out, Bytes(6));
    append(out, Bytes{std::byte{1}, std::byte{1}});
    append(out, Bytes(7));
    out.push_back(static_cast<std::byte>(objects.size()));
    append(out, Bytes(15));
    out.push_back(at);
    return out;
}

TEST(Plist, BinaryRoundTripIsExact) {
    const Bytes bytes = write_binary(everything());
    EXPECT_EQ(format_of(bytes), Format::binary);
    EXPECT_EQ(read(bytes), everything());
    EXPECT_EQ(write_binary(read(bytes)), bytes);
}

TEST(Plist, XmlRoundTripIsExact) {
    const std::string text = write_xml(everything());
    EXPECT_EQ(format_of(as_bytes(text)), Format::xml);
    EXPECT_EQ(read(as_bytes(text)), everything());
    EXPECT_EQ(write_xml(read(as_bytes(text))), text);
}

TEST(Plist, XmlLooksLikeApples) {
    const Value value = Dict{{"Request", "QueryType"}, {"Ids", Array{1, true}}, {"Empty", Dict{}}};
    EXPECT_EQ(
        write_xml(value),
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" "
        "\"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n"
        "<plist version=\"1.0\">\n<dict>\n\t<key>Request</key>\n\t<string>QueryType</string>\n"
        "\t<key>Ids</key>\n\t<array>\n\t\t<integer>1</integer>\n\t\t<true/>\n\t</array>\n"
        "\t<key>Empty</key>\n\t<dict/>\n</dict>\n</plist>\n");
}

TEST(Plist, BinaryAsAppleWritesIt) {
    EXPECT_EQ(to_hex(write_binary(Array{true, 5, "a"})),
              "62706c6973743030"
              "a3010203"
              "09"
              "1005"
              "5161"
              "080c0d0f"
              "000000000000"
              "0101"
              "0000000000000004"
              "0000000000000000"
              "0000000000000011");
}

TEST(Plist, EqualStringsAreStoredOnce) {
    Array files;
    for (int i = 0; i < 1000; ++i) files.push_back(Dict{{"DLFileType", "DLFileTypeRegular"}});
    EXPECT_LT(write_binary(files).size(), 12'000u);
    EXPECT_EQ(read(write_binary(files)), Value(files));
}

TEST(Plist, CountsAndWidthsAtTheirBorders) {
    for (const size_t count : {0u, 14u, 15u, 255u, 256u, 65'536u}) {
        Array items;
        for (size_t i = 0; i < count; ++i) items.push_back(i);
        const Value value = Dict{{std::string(count, 'k'), items},
                                 {"utf-16", std::string(count / 2, '\xc3') + "\xc3\xa5"},
                                 {"data", Bytes(count)}};
        const Value back = read(write_binary(value));
        EXPECT_EQ(*back.dict()->find(std::string(count, 'k')), Value(items)) << count;
        EXPECT_EQ(back.dict()->data("data")->size(), count);
    }
}

// Two writers of the same number: libplist 2.2 has 8 bytes with a sign, later ones 16 without.
TEST(Plist, NegativeIntegersInBothEncodings) {
    EXPECT_EQ(read(binary({"13fffffffffffffff3"})), Value(-13));
    EXPECT_EQ(read(binary({"140000000000000000fffffffffffffff3"})), Value(~uint64_t{12}));
    EXPECT_EQ(read(binary({"14fffffffffffffffffffffffffffffff3"})), Value(-13));
    EXPECT_EQ(read(binary({"12fffffff3"})), Value(4294967283));
    EXPECT_THAT(refusal(binary({"1400000000000000010000000000000000"})), HasSubstr("64 bits"));
    EXPECT_THAT(refusal(binary({"15" + std::string(64, '0')})), HasSubstr("width"));
}

TEST(Plist, EqualNumbersAreEqualValues) {
    EXPECT_EQ(Value(uint64_t{5}), Value(5));
    EXPECT_NE(Value(5), Value(5.0));
    EXPECT_NE(Value(1), Value(true));
    EXPECT_EQ(Value(-1).u64(), std::nullopt);
    EXPECT_EQ(Value(std::numeric_limits<uint64_t>::max()).i64(), std::nullopt);
    EXPECT_EQ(Value(3).number(), 3.0);
    EXPECT_EQ(Value(2.5).i64(), std::nullopt);
}

TEST(Plist, OtherKindsOfBinaryObjects) {
    EXPECT_EQ(read(binary({"223fc00000"})), Value(1.5));  // 32-bit real
    EXPECT_EQ(read(binary({"8101ff"})), Value(Uid{511}));
    EXPECT_EQ(read(binary({"72c3a5"})), Value("å"));  // UTF-8, newer writers
    EXPECT_EQ(read(binary({"62d83dde00"})), Value("😀"));
    EXPECT_EQ(read(binary({"62d83d0041"})), Value("\xef\xbf\xbd"
                                                  "A"));  // half a pair
    EXPECT_EQ(read(binary({"61de00"})), Value("\xef\xbf\xbd"));
    EXPECT_THAT(refusal(binary({"51ff"})), HasSubstr("no text"));
    EXPECT_THAT(refusal(binary({"00"})), HasSubstr("unknown kind"));          // null
    EXPECT_THAT(refusal(binary({"c101", "09"})), HasSubstr("unknown kind"));  // set
}

TEST(Plist, DuplicateKeysTheLastCountsAtTheFirstPlace) {
    const Value want = Dict{{"a", 3}, {"b", 2}};
    EXPECT_EQ(from_xml("<dict><key>a</key><integer>1</integer><key>b</key><integer>2</integer>"
                       "<key>a</key><integer>3</integer></dict>"),
              want);
    EXPECT_EQ(read(binary({"d3010201030405", "5161", "5162", "1001", "1002", "1003"})), want);
}

TEST(Plist, BinaryThatContainsItself) {
    EXPECT_THAT(refusal(binary({"a100"})), HasSubstr("contains itself"));
    EXPECT_THAT(refusal(binary({"a101", "d10200", "5161"})), HasSubstr("contains itself"));
    // The same object twice, but not within itself.
    EXPECT_EQ(read(binary({"a20101", "a0"})), Value(Array{Array{}, Array{}}));
}

TEST(Plist, BinaryThatUnfoldsIntoMoreThanMemory) {
    // 20 arrays, each 15 times the next: 15^20 values in 400 bytes.
    Bytes bytes = to_bytes("bplist00");
    Bytes table;
    for (int i = 0; i < 20; ++i) {
        table.push_back(static_cast<std::byte>(bytes.size() & 0xff));
        table.insert(table.end() - 1, static_cast<std::byte>(bytes.size() >> 8));
        append(bytes, *from_hex("af100f"));
        append(bytes, Bytes(15, static_cast<std::byte>(i + 1)));
    }
    table.push_back(static_cast<std::byte>(bytes.size() >> 8));
    table.push_back(static_cast<std::byte>(bytes.size() & 0xff));
    append(bytes, *from_hex("5161"));
    const size_t at = bytes.size();
    append(bytes, table);
    append(bytes, *from_hex("0000000000000201"));
    append(bytes, *from_hex("00000000000000150000000000000000000000000000"));
    bytes.push_back(static_cast<std::byte>(at >> 8));
    bytes.push_back(static_cast<std::byte>(at & 0xff));
    EXPECT_THAT(refusal(bytes, {.values = 100'000}), HasSubstr("too many values"));
}

TEST(Plist, Limits) {
    const Bytes text = write_binary(Array{std::string(100, 'x')});
    EXPECT_THAT(refusal(text, {.bytes = 99}), HasSubstr("too many bytes"));
    EXPECT_EQ(refusal(text, {.bytes = 100}), "accepted");
    EXPECT_THAT(refusal(text, {.values = 1}), HasSubstr("too many values"));
    Value deep = 1;
    for (int i = 0; i < 128; ++i) deep = Array{deep};
    EXPECT_EQ(refusal(write_binary(deep)), "accepted");
    EXPECT_EQ(refusal(as_bytes(write_xml(deep))), "accepted");
    deep = Array{deep};
    EXPECT_THAT(refusal(write_binary(deep)), HasSubstr("too deeply"));
    EXPECT_THAT(refusal(as_bytes(write_xml(deep))), HasSubstr("too deeply"));
    EXPECT_THAT(refusal(as_bytes(write_xml(Array{1, 2})), {.values = 2}), HasSubstr("too many"));
    EXPECT_THAT(refusal(as_bytes(write_xml("abc")), {.bytes = 2}), HasSubstr("too many bytes"));
}

TEST(Plist, EveryCutOfABinaryListIsRefused) {
    const Bytes bytes = write_binary(everything());
    for (size_t size = 0; size < bytes.size(); ++size) {
        EXPECT_NE(refusal(ByteView(bytes).first(size)), "accepted") << size;
    }
}

TEST(Plist, EveryCutOfAnXmlListIsRefused) {
    const std::string text = write_xml(everything());
    for (size_t size = 0; size + 1 < text.size(); ++size) {
        EXPECT_NE(refusal(as_bytes(text).first(size)), "accepted") << size;
    }
}

TEST(Plist, EveryFlippedByteOfABinaryListIsReadOrRefused) {
    const Bytes bytes = write_binary(everything());
    size_t refused = 0;
    for (size_t at = 0; at < bytes.size(); ++at) {
        for (const unsigned flip : {0x01u, 0x80u, 0xffu}) {
            Bytes changed = bytes;
            changed[at] ^= static_cast<std::byte>(flip);
            refused += refusal(changed) == "accepted" ? 0 : 1;
        }
    }
    EXPECT_GT(refused, bytes.size() / 4);
}

TEST(Plist, HostileTrailers) {
    const auto changed = [](size_t from_end, std::string_view hex) {
        Bytes bytes = binary({"a101", "09"});
        const Bytes with = *from_hex(hex);
        std::ranges::copy(with, bytes.end() - static_cast<std::ptrdiff_t>(from_end));
        return refusal(bytes);
    };
    EXPECT_EQ(changed(32, "000000000000"), "accepted");
    EXPECT_THAT(changed(26, "00"), HasSubstr("width"));  // offsets of 0 bytes
    EXPECT_THAT(changed(26, "09"), HasSubstr("width"));
    EXPECT_THAT(changed(25, "00"), HasSubstr("width"));                  // references of 0 bytes
    EXPECT_THAT(changed(24, "ffffffffffffffff"), HasSubstr("outside"));  // that many objects
    EXPECT_THAT(changed(24, "0000000000000000"), HasSubstr("no root"));
    EXPECT_THAT(changed(16, "0000000000000002"), HasSubstr("no root"));
    EXPECT_THAT(changed(8, "ffffffffffffffff"), HasSubstr("outside"));
    EXPECT_THAT(changed(8, "0000000000000000"), HasSubstr("outside"));
}

TEST(Plist, HostileObjects) {
    EXPECT_THAT(refusal(binary({"5f13ffffffffffffffff"})), HasSubstr("cut off"));
    EXPECT_THAT(refusal(binary({"6f13ffffffffffffffff"})), HasSubstr("cut off"));
    EXPECT_THAT(refusal(binary({"4f13ffffffffffffffff"})), HasSubstr("cut off"));
    EXPECT_THAT(refusal(binary({"af13ffffffffffffffff"})), HasSubstr("cut off"));
    EXPECT_THAT(refusal(binary({"df137fffffffffffffff"})), HasSubstr("cut off"));
    EXPECT_THAT(refusal(binary({"5f23ffffffffffffffff"})), HasSubstr("no integer"));
    EXPECT_THAT(refusal(binary({"a105"})), HasSubstr("does not have"));
    EXPECT_THAT(refusal(binary({"d10101", "09"})), HasSubstr("no string"));
}

TEST(Plist, XmlInTheFormsOthersWrite) {
    EXPECT_EQ(read(as_bytes("<dict/>")), Value(Dict{}));
    EXPECT_EQ(read(as_bytes("\xef\xbb\xbf<!-- a --> <plist><true></true></plist>\n<!-- b -->")),
              Value(true));
    EXPECT_EQ(from_xml("<string>a<![CDATA[<b>&]]>c<!-- no -->&#229;&#x1F600;</string>"),
              Value("a<b>&cå😀"));
    EXPECT_EQ(from_xml("<integer> +12 </integer>"), Value(12));
    EXPECT_EQ(from_xml("<integer>-0x10</integer>"), Value(-16));
    EXPECT_EQ(from_xml("<integer>18446744073709551615</integer>"), Value(~uint64_t{0}));
    EXPECT_EQ(from_xml("<integer>-9223372036854775808</integer>"),
              Value(std::numeric_limits<int64_t>::min()));
    EXPECT_EQ(from_xml("<real>-1.5e3</real>"), Value(-1500.0));
    EXPECT_TRUE(std::isinf(*from_xml("<real>+infinity</real>").number()));
    EXPECT_TRUE(std::isnan(*from_xml("<real>nan</real>").number()));
    EXPECT_EQ(from_xml("<data> AP8\n\tQ </data>"),
              Value(to_bytes(std::string_view("\0\xff\x10", 3))));
    EXPECT_EQ(from_xml("<string/>"), Value(""));
    EXPECT_EQ(from_xml("<dict><key>CF$UID</key><integer>4</integer></dict>"), Value(Uid{4}));
}

TEST(Plist, XmlThatIsRefused) {
    EXPECT_THAT(refusal(as_bytes("<!DOCTYPE plist [<!ENTITY a \"aaaa\">]><plist><string>&a;"
                                 "</string></plist>")),
                HasSubstr("entities of its own"));
    EXPECT_THAT(xml_refusal("<string>&nbsp;</string>"), HasSubstr("unknown entity"));
    EXPECT_THAT(xml_refusal("<string>&#xd800;</string>"), HasSubstr("unknown entity"));
    EXPECT_THAT(xml_refusal("<string>&#1114112;</string>"), HasSubstr("unknown entity"));
    EXPECT_THAT(xml_refusal("<string>&;</string>"), HasSubstr("unknown entity"));
    EXPECT_THAT(xml_refusal("<integer>18446744073709551616</integer>"), HasSubstr("64 bits"));
    EXPECT_THAT(xml_refusal("<integer>-9223372036854775809</integer>"), HasSubstr("64 bits"));
    EXPECT_THAT(xml_refusal("<integer></integer>"), HasSubstr("64 bits"));
    EXPECT_THAT(xml_refusal("<integer>--1</integer>"), HasSubstr("64 bits"));
    EXPECT_THAT(xml_refusal("<real>much</real>"), HasSubstr("no number"));
    EXPECT_THAT(xml_refusal("<date>2026-13-01T00:00:00Z</date>"), HasSubstr("no date"));
    EXPECT_THAT(xml_refusal("<date>2026-02-30T00:00:00Z</date>"), HasSubstr("no date"));
    EXPECT_THAT(xml_refusal("<date>2026-01-01</date>"), HasSubstr("no date"));
    EXPECT_THAT(xml_refusal("<data>A</data>"), HasSubstr("base64"));
    EXPECT_THAT(xml_refusal("<string>\xff</string>"), HasSubstr("UTF-8"));
    EXPECT_THAT(xml_refusal("<dict><string>a</string></dict>"), HasSubstr("without a key"));
    EXPECT_THAT(xml_refusal("<dict><key>a</key></dict>"), HasSubstr("where a value belongs"));
    EXPECT_THAT(xml_refusal("<array></dict>"), HasSubstr("lacks </array>"));
    EXPECT_THAT(xml_refusal("<string>a<b/></string>"), HasSubstr("lacks </string>"));
    EXPECT_THAT(xml_refusal("<true>no</true>"), HasSubstr("a content"));
    EXPECT_THAT(xml_refusal("<set/>"), HasSubstr("<set>"));
    EXPECT_THAT(xml_refusal("hello"), HasSubstr("where an element belongs"));
    EXPECT_THAT(xml_refusal("<true/><true/>"), HasSubstr("lacks </plist>"));
    EXPECT_THAT(refusal(as_bytes(xml("<true/>") + "x")), HasSubstr("follows"));
    EXPECT_THAT(refusal(as_bytes("<?xml version=\"1.0\" encoding=\"UTF-16\"?><true/>")),
                HasSubstr("not in UTF-8"));
    EXPECT_NE(refusal({}), "accepted");
}

TEST(Plist, WhatXmlCannotCarryBecomesAReplacement) {
    const Value back = read(as_bytes(write_xml(std::string("a\x01\xff\0b", 5))));
    EXPECT_EQ(back, Value("a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"
                          "b"));
    EXPECT_EQ(read(write_binary("a\xff\xc3")), Value("a\xef\xbf\xbd\xef\xbf\xbd"));
}

TEST(Plist, OverlongAndSurrogateUtf8IsNoUtf8) {
    Bytes out;
    append_utf16be(out, "\xc0\x80");  // an overlong NUL
    EXPECT_EQ(to_hex(out), "fffdfffd");
    out.clear();
    append_utf16be(out, "\xed\xa0\x80");  // a surrogate
    EXPECT_EQ(to_hex(out), "fffdfffdfffd");
    out.clear();
    append_utf16be(out, "\xf4\x90\x80\x80");  // beyond the last code point
    EXPECT_EQ(to_hex(out), "fffdfffdfffdfffd");
}

TEST(Plist, Dates) {
    const auto read_date = [](std::string_view text) {
        return from_xml("<date>" + std::string(text) + "</date>").date()->seconds;
    };
    EXPECT_EQ(read_date("2001-01-01T00:00:00Z"), 0);
    EXPECT_EQ(read_date("2026-11-25T10:12:00Z"), 817'294'320);
    EXPECT_EQ(read_date("4001-01-01T00:00:00Z"), 63'113'904'000);  // "distant future"
    EXPECT_THAT(write_xml(Date{63'113'904'000.5}), HasSubstr("4001-01-01T00:00:00Z"));
    EXPECT_THAT(write_xml(Date{-0.5}), HasSubstr("2000-12-31T23:59:59Z"));
    EXPECT_THAT(write_xml(Date{1e300}), HasSubstr("9999-12-31T23:59:59Z"));
    EXPECT_THAT(write_xml(Date{-1e300}), HasSubstr("0000-01-01T00:00:00Z"));
    EXPECT_THAT(write_xml(Date{std::nan("")}), HasSubstr("2001-01-01T00:00:00Z"));
    const TimePoint moment{std::chrono::seconds(1'800'000'000) + nanoseconds(250'000'000)};
    EXPECT_EQ(Date::from(moment).seconds, 821'692'800.25);
    EXPECT_EQ(Date::from(moment).time(), moment);
    EXPECT_EQ(Date{-978'307'200}.time(), TimePoint{});
    EXPECT_EQ(Date{63'113'904'000}.time(), std::nullopt);
    EXPECT_EQ(Date{std::nan("")}.time(), std::nullopt);
}

TEST(Dict, AccessByKeyAndKind) {
    Dict dict{{"text", "x"}, {"number", 3}, {"list", Array{1}}, {"on", true}, {"d", Dict{}}};
    EXPECT_EQ(*dict.text("text"), "x");
    EXPECT_EQ(dict.text("number"), nullptr);
    EXPECT_EQ(dict.text("absent"), nullptr);
    EXPECT_EQ(dict.i64("number"), 3);
    EXPECT_EQ(dict.u64("text"), std::nullopt);
    EXPECT_EQ(dict.boolean("on"), true);
    EXPECT_EQ(dict.boolean("number"), std::nullopt);
    EXPECT_EQ(dict.array("list")->size(), 1u);
    EXPECT_NE(dict.dict("d"), nullptr);
    EXPECT_EQ(dict.data("text"), nullptr);
    EXPECT_THROW(dict.at("absent"), Malformed);
    EXPECT_EQ(dict.at("text").kind(), "string");
    dict.set("text", 5);
    dict.set("new", "n");
    EXPECT_EQ(dict.begin()->value, Value(5));
    EXPECT_EQ((dict.end() - 1)->key, "new");
    EXPECT_TRUE(dict.erase("text"));
    EXPECT_FALSE(dict.erase("text"));
    EXPECT_EQ(dict.size(), 5u);
}

}  // namespace
}  // namespace lifeboat::plist
