#include "personal/sms_xml.h"

#include "base/error.h"
#include "base/hex.h"
#include "base/text.h"
#include "crypto/sha256.h"
#include "item/memory_items.h"
#include "personal/lenient_xml.h"

#include <gtest/gtest.h>

#include <map>

namespace lifeboat::personal {
namespace {

// Attachments by the hash of their bytes.
struct Store {
    Attachment keep(Bytes bytes) {
        const std::string hash = to_hex(crypto::sha256(bytes));
        Attachment made{.file = "attachments/" + hash, .size = bytes.size(), .sha256 = hash};
        files[made.file] = std::move(bytes);
        return made;
    }
    std::unique_ptr<ByteSource> open(const Attachment& one) const {
        const auto found = files.find(one.file);
        if (found == files.end()) return nullptr;
        return std::make_unique<MemorySource>(found->second);
    }
    std::map<std::string, Bytes> files{};
};

std::string xml_of(const std::vector<Message>& messages, const Store& store) {
    SmsXmlSource source(messages, [&](const Attachment& one) { return store.open(one); });
    return to_text(read_all(source, 1 << 24));
}

SmsXml read(std::string_view text, Store& store) {
    return read_sms_xml(
        text, [&](Bytes bytes, const std::string&) { return store.keep(std::move(bytes)); });
}

std::vector<Message> some(Store& store) {
    std::string all_bytes;
    for (int i = 0; i < 256; ++i) all_bytes += static_cast<char>(i);
    const Sms sms{.date = 1'763'647'380'123,
                  .date_sent = 5,
                  .address = "+49 170 1",
                  .body = "a \"quoted\" <b> & 'c'\n\ttab \xf0\x9f\x98\x80 &#55357; null",
                  .protocol = 0,
                  .read = 1,
                  .seen = 1};
    Sms null_text = sms, empty = sms;
    null_text.body = "null";
    empty.body = "";
    const Mms mms{.date = 1'763'647'380,
                  .box = message_box::sent,
                  .subject = "S",
                  .read = 1,
                  .seen = 1,
                  .other = {{"m_type", "128"}, {"tr_id", "T & 1"}},
                  .recipients = {"+491", "+492"},
                  .addresses = {{mms_address::from, "insert-address-token", 106},
                                {mms_address::to, "+491", 106}},
                  .parts = {{.seq = -1, .content_type = "application/smil", .text = "<smil/>"},
                            {.content_type = "image/png",
                             .location = "p.png",
                             .data = store.keep(to_bytes(all_bytes))},
                            {.content_type = "text/plain", .charset = 106, .text = "hi"}}};
    return {sms, null_text, empty, Sms{.protocol = 0}, mms};
}

TEST(SmsXml, ComesBackAsItWasWritten) {
    Store store;
    auto messages = some(store);
    std::get<Sms>(messages[3]).seen = 0;
    Store fresh;
    const SmsXml back = read(xml_of(messages, store), fresh);
    EXPECT_TRUE(back.complete());
    EXPECT_EQ(back.messages, messages);
    EXPECT_EQ(fresh.files, store.files);
}

// Found by the fuzzer: written as "+491~", read as one person, the file changed each time.
TEST(SmsXml, AnAddressWithoutLettersIsNobodyAmongThePeople) {
    const Mms mms{.date = 5,
                  .other = {{"m_type", "132"}},
                  .addresses = {{mms_address::to, "+491~", 106}, {mms_address::to, "", 106}}};
    Store store;
    const std::string once = xml_of({mms}, store);
    const SmsXml back = read(once, store);
    EXPECT_EQ(std::get<Mms>(back.messages.at(0)).recipients, std::vector<std::string>{"+491"});
    EXPECT_EQ(xml_of(back.messages, store), once);
}

TEST(SmsXml, EmojiAsPairsOfReferencesAreJoined) {
    Store store;
    const SmsXml file = read(
        "<?xml version='1.0'?><!-- x --><smses count=\"1\"><sms protocol=\"0\" address=\"7\" "
        "date=\"5\" type=\"2\" subject=\"null\" body=\"a&#55357;&#56832;&#xD83D;&#xde01;&#55357;!"
        "\x01 < &unknown; &amp;\" read='1' /></smses>",
        store);
    ASSERT_TRUE(file.complete());
    const Sms& sms = std::get<Sms>(file.messages.at(0));
    EXPECT_EQ(sms.body, "a\xf0\x9f\x98\x80\xf0\x9f\x98\x81\xef\xbf\xbd!\x01 < &unknown; &");
    EXPECT_EQ(sms.subject, std::nullopt);
    EXPECT_EQ(sms.box, message_box::sent);
}

TEST(SmsXml, ACutFileAndAWrongCountShow) {
    Store store;
    const std::string whole = xml_of(some(store), store);
    for (size_t size = whole.find("<sms ") + 1; size < whole.size() - 10; size += 7) {
        const SmsXml cut = read(whole.substr(0, size), store);
        EXPECT_FALSE(cut.complete());
        EXPECT_LE(cut.messages.size(), 5u);
    }
    const SmsXml wrong = read("<smses count=\"2\"><sms date=\"1\"/></smses>", store);
    EXPECT_TRUE(wrong.closed);
    EXPECT_FALSE(wrong.complete());
    EXPECT_TRUE(read("<smses count=\"0\"/>", store).complete());
}

TEST(SmsXml, WhatIsNoSuchFileIsRefused) {
    Store store;
    for (const char* text :
         {"", "x", "<html></html>", "<sms/>", "<smses count=\"1\"><sms date=\"x\"/></smses>",
          "<smses><sms date/></smses>", "<smses><sms date=1 /></smses>", "<smses>< /></smses>",
          "<smses><mms><parts><part data=\"?\"/></parts></mms></smses>"})
        EXPECT_THROW(read(text, store), Corrupt) << text;
    std::string wide = "<smses ";
    for (size_t i = 0; i <= LenientXml::max_attributes; ++i) wide += "a=\"\" ";
    EXPECT_THROW(read(wide + "/>", store), Corrupt);
}

TEST(SmsXml, WritesOnlyWhatXmlMayHold) {
    EXPECT_EQ(encode_xml("a\x01"
                         "b\xff\xed\xa0\x80<\">&\r"),
              "a\xef\xbf\xbd"
              "b\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd&lt;&quot;&gt;&amp;&#13;");
    EXPECT_EQ(encode_xml("\xf4\x90\x80\x80\xef\xbf\xbf").find('\xf4'), std::string::npos);
    const std::string text = "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80";
    EXPECT_EQ(encode_xml(text), text);
}

}  // namespace
}  // namespace lifeboat::personal
