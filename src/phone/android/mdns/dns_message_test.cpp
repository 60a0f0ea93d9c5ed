#include "phone/android/mdns/dns_message.h"

#include "base/error.h"

#include <gtest/gtest.h>

namespace lifeboat::phone::android {
namespace {

Bytes from_hex(std::string_view hex) {
    const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
    Bytes out;
    for (size_t i = 0; i + 1 < hex.size(); i += 2) {
        out.push_back(static_cast<std::byte>(digit(hex[i]) << 4 | digit(hex[i + 1])));
    }
    return out;
}

Bytes message(std::string_view counts, std::string_view body) {
    Bytes out = from_hex("00008400");
    append(out, from_hex(counts));
    append(out, from_hex(body));
    return out;
}
constexpr std::string_view one_record = "0000000100000000";

// As python-zeroconf 0.47 writes it, with names that point to others.
TEST(DnsMessage, AnAnswerOfAnotherProgram) {
    const DnsMessage told = parse_dns(from_hex(
        "000084000000000400000000105f6164622d746c732d636f6e6e656374045f746370056c6f63616c00000c0001"
        "0000119400100d6164622d53312d783179327a33c00cc03300218001000000780010000000009c4107416e6472"
        "6f6964c022c0330010800100001194000403763d31c05500018001000000780004c0a80107"));
    const DnsName type = dns_name("_adb-tls-connect._tcp.local");
    DnsName instance = type;
    instance.insert(instance.begin(), "adb-S1-x1y2z3");
    const DnsName host{"Android", "local"};
    EXPECT_TRUE(told.is_answer);
    ASSERT_EQ(told.records.size(), 4U);
    EXPECT_EQ(told.records[0],
              (DnsRecord{.name = type, .seconds = 4500, .data = DnsPointer{instance}}));
    EXPECT_EQ(told.records[1], (DnsRecord{.name = instance,
                                          .seconds = 120,
                                          .replaces = true,
                                          .data = DnsService{.host = host, .port = 40001}}));
    EXPECT_EQ(
        told.records[2],
        (DnsRecord{.name = instance, .seconds = 4500, .replaces = true, .data = DnsText{{"v=1"}}}));
    EXPECT_EQ(told.records[3],
              (DnsRecord{
                  .name = host, .seconds = 120, .replaces = true, .data = DnsAddress{0xc0a80107}}));
}

TEST(DnsMessage, AQuestionIsWhatAnotherProgramWrites) {
    const DnsMessage asked{
        .questions = {{.name = dns_name("_adb-tls-connect._tcp.local"), .type = DnsType::pointer}}};
    EXPECT_EQ(encode_dns(asked), from_hex("000000000001000000000000105f6164622d746c732d636f6e6e6563"
                                          "74045f746370056c6f63616c00000c0001"));
}

TEST(DnsMessage, ComesBackAsItWent) {
    const DnsMessage message{
        .id = 7,
        .is_answer = true,
        .questions = {{.name = {"a.b", "local"}, .type = DnsType::any}},
        .records = {{.name = {"x"}, .seconds = 0xffffffff, .data = DnsAddress{0x7f000001}},
                    {.name = {"x"}, .replaces = true, .data = DnsText{}},
                    {.name = {"y", "x"}, .data = DnsText{{"a=b", std::string(255, 'c')}}},
                    {.name = {}, .data = DnsService{.host = {}, .port = 65535}}}};
    EXPECT_EQ(parse_dns(encode_dns(message)), message);
    EXPECT_EQ(folded({"aZ-\xc3\x84"}), DnsName{"az-\xc3\x84"});
}

TEST(DnsMessage, OtherKindsAndClassesAreLeftOut) {
    // AAAA, and an address of the class CHAOS.
    const Bytes bytes = message("0000000100010000",
                                "0168000"
                                "01c0001000000090010"
                                "00000000000000000000000000000000"
                                "0168000001000300000009000401020304");
    EXPECT_TRUE(parse_dns(bytes).records.empty());
}

TEST(DnsMessage, NamesThatLeadNowhere) {
    for (const std::string_view name : {
             "c00c",                // to itself
             "c00e000ac00c",        // on
             "0161c00c",            // to its own begin
             "c0ff", "c000",        // behind the end; into the header
             "8161", "4161",        // no kind of label that there is
             "05616263", "01", "",  // cut off
         }) {
        EXPECT_THROW(parse_dns(message(one_record, name)), Corrupt) << name;
    }
    std::string long_name;
    for (int i = 0; i < 8; ++i) long_name += "1f" + std::string(62, '6');
    EXPECT_THROW(parse_dns(message(one_record, long_name + "00"
                                                           "000c000100000009000100")),
                 Corrupt);
}

// A chain of pointers, each to the one before, is long but ends.
TEST(DnsMessage, PointersOnPointers) {
    constexpr size_t links = 1000;
    constexpr size_t first = 12;
    Bytes bytes = from_hex(
        "0000000003e9000000000000"
        "016100000c0001");
    for (size_t i = 0; i < links; ++i) {
        const size_t target = 0xc000 + (i == 0 ? first : first + 1 + 6 * i);
        bytes.push_back(static_cast<std::byte>(target >> 8));
        bytes.push_back(static_cast<std::byte>(target & 0xff));
        append(bytes, from_hex("000c0001"));
    }
    const DnsMessage told = parse_dns(bytes);
    ASSERT_EQ(told.questions.size(), links + 1);
    EXPECT_EQ(told.questions.back().name, DnsName{"a"});
}

TEST(DnsMessage, LengthsThatLie) {
    const std::string_view head = "01610000";  // "a", then the kind's first byte
    for (const std::string_view rest : {
             "01000100000009000301020304",    // an address of three bytes
             "010001000000090005010203040a",  // of five
             "0c000100000009000201620063",    // a pointer that is longer than it says
             "10000100000009000205610062",    // a word that is
             "21000100000009000400000000",    // a service without a host
             "630001000000090064",            // another kind, cut off
         }) {
        EXPECT_THROW(parse_dns(message(one_record, std::string(head) + std::string(rest))), Corrupt)
            << rest;
    }
    EXPECT_THROW(parse_dns(message("ffffffffffffffff", "")), Corrupt);
    EXPECT_THROW(parse_dns(Bytes(longest_dns_message + 1)), Corrupt);
    EXPECT_THROW(parse_dns({}), Corrupt);
}

TEST(DnsMessage, WhatDoesNotFitIsNotWritten) {
    EXPECT_THROW(encode_dns({.questions = {{.name = {std::string(64, 'a')}}}}), Misuse);
    EXPECT_THROW(encode_dns({.questions = {{.name = {""}}}}), Misuse);
    EXPECT_THROW(encode_dns({.questions = {{.name = DnsName(130, "a")}}}), Misuse);
    EXPECT_THROW(encode_dns({.records = {{.data = DnsText{{std::string(256, 'a')}}}}}), Misuse);
}

}  // namespace
}  // namespace lifeboat::phone::android
