#include "personal/message.h"

#include "base/error.h"
#include "base/text.h"

#include <gtest/gtest.h>

namespace lifeboat::personal {
namespace {

Sms hello() {
    return {.date = 1'763'647'380'123,
            .date_sent = 1'763'647'379'000,
            .address = "+49 170 1112223",
            .body = "See you, at 8\nRow: 7 _id=8, body=\xf0\x9f\x98\x80 \"x\"",
            .service_center = "+491710760000",
            .protocol = 0,
            .read = 1,
            .recipients = {"01701112223"}};
}

Mms picture() {
    return {.date = 1'763'647'380,
            .box = message_box::sent,
            .subject = "Harbour",
            .read = 1,
            .other = {{"m_type", "128"}, {"tr_id", "T1"}},
            .recipients = {"+491701112223", "+491703334445"},
            .addresses = {{mms_address::from, std::string(mms_address::own), 106},
                          {mms_address::to, "+491701112223", 106},
                          {mms_address::to, "+491703334445", 106}},
            .parts = {{.seq = -1, .content_type = "application/smil", .text = "<smil/>"},
                      {.content_type = "image/jpeg",
                       .location = "a.jpg",
                       .data = Attachment{"attachments/a.jpg", 3, std::string(64, 'a')},
                       .row = "7:/x"},
                      {.content_type = "text/plain", .charset = 106, .text = "look"}}};
}

TEST(Message, ComesBackFromItsLine) {
    Sms bare{.address = std::nullopt, .body = ""};
    Sms broken = hello();
    broken.body = std::string("a\xed\xa0\x80\xff", 5);
    for (const Message& message :
         {Message(hello()), Message(bare), Message(broken), Message(picture()), Message(Mms{})}) {
        const std::string line = encode(message);
        EXPECT_EQ(line.find('\n'), std::string::npos);
        EXPECT_EQ(decode_message(line), message) << line;
    }
    const std::vector<Message> all{hello(), picture()};
    EXPECT_EQ(decode_messages(encode_messages(all)), all);
}

TEST(Message, HostileLinesAreRefused) {
    for (const char* line :
         {"", "[]", "{}", "{\"sms\":3}", "{\"sms\":{\"date\":\"x\"}}", "{\"sms\":{},\"mms\":{}}",
          "{\"sms\":{\"body\":{\"hex\":\"zz\"}}}", "{\"sms\":{\"recipients\":3}}",
          "{\"mms\":{\"other\":{\"a; rm\":\"1\"}}}", "{\"mms\":{\"other\":{\"\":\"1\"}}}",
          "{\"mms\":{\"parts\":[{\"data\":{\"file\":\"../x\",\"size\":1,\"sha256\":\"\"}}]}}",
          "{\"mms\":{\"parts\":[{\"data\":{\"file\":\"x\",\"size\":1,\"sha256\":\"12\"}}]}}"})
        EXPECT_THROW(decode_message(line), Corrupt) << line;
}

TEST(Message, ANullAndAnEmptyTextAreNotTheSame) {
    Sms empty = hello(), null = hello();
    empty.body = "";
    null.body = std::nullopt;
    EXPECT_NE(record_of(empty).digest, record_of(null).digest);
}

TEST(Message, ItsRecordIsTheSameOnAnotherPhone) {
    Sms elsewhere = hello();
    elsewhere.read = 0;
    elsewhere.seen = 1;
    elsewhere.sub_id = 4;
    elsewhere.status = 0;
    elsewhere.creator = "com.android.shell";
    elsewhere.recipients = {"+491701112223"};
    EXPECT_EQ(record_of(elsewhere), record_of(hello()));
    Mms moved = picture();
    moved.row = "9";
    moved.parts[1].row = "77:/y";
    std::swap(moved.addresses[1], moved.addresses[2]);
    EXPECT_EQ(record_of(moved), record_of(picture()));
}

TEST(Message, WhatAPersonWouldMissShowsAsChanged) {
    Sms other = hello();
    other.body = "See you";
    EXPECT_EQ(record_of(other).identity, record_of(hello()).identity);
    EXPECT_NE(record_of(other).digest, record_of(hello()).digest);
    Mms damaged = picture();
    damaged.parts[1].data->sha256[0] = 'b';
    EXPECT_EQ(record_of(damaged).identity, record_of(picture()).identity);
    EXPECT_NE(record_of(damaged).digest, record_of(picture()).digest);
    Sms sent = hello();
    sent.box = message_box::sent;
    EXPECT_NE(record_of(sent).identity, record_of(hello()).identity);
}

TEST(Message, AGroupIsWhoIsInIt) {
    Sms group = hello(), national = hello(), larger = hello();
    group.recipients = {"+491701112223", "+491703334445"};
    national.recipients = {"01703334445", "01701112223"};
    larger.recipients = {"+491701112223", "+491703334445", "+491705556667"};
    EXPECT_EQ(record_of(group), record_of(national));
    EXPECT_NE(record_of(group).digest, record_of(larger).digest);
}

TEST(Message, ItsLabelIsOneSafeLine) {
    EXPECT_EQ(record_of(hello()).label,
              "+49 170 1112223, 2025-11-20 14:03: See you, at 8 Row: 7 _id=8, "
              "body=\xf0\x9f\x98\x80 \"x\"");
    Sms nasty{.date = INT64_MAX, .address = "\x1b[2J", .body = std::string(500, '\xc3')};
    const std::string label = record_of(nasty).label;
    EXPECT_TRUE(is_valid_utf8(label));
    EXPECT_EQ(label.find('\x1b'), std::string::npos);
    EXPECT_EQ(record_of(picture()).label, "+491701112223~+491703334445, 2025-11-20 14:03: look");
    EXPECT_NO_THROW(record_of(Mms{.date = INT64_MIN}));
}

}  // namespace
}  // namespace lifeboat::personal
