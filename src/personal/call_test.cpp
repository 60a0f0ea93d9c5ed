#include "personal/call.h"

#include "base/error.h"
#include "personal/word.h"

#include <gtest/gtest.h>

namespace lifeboat::personal {
namespace {

Call call(std::string number, int64_t date, std::string type) {
    return {{{"number", std::move(number)},
             {"date", std::to_string(date)},
             {"type", std::move(type)},
             {"duration", "35"}}};
}

TEST(Call, ComesBackAsItWasWritten) {
    std::vector<Call> calls{call("+44 20 7946 0000", 1'700'000'000'123, "3"), call("NULL", 0, "1"),
                            call("", -5, "x")};
    calls[1].fields["name"] = "line\nend, \"quoted\" \xff\xfe";
    EXPECT_EQ(decode_calls(encode_calls(calls)), calls);
    EXPECT_TRUE(decode_calls(encode_calls({})).empty());
}

TEST(Call, AForgedFileIsRefused) {
    const std::string text = encode_calls(std::vector{call("1", 2, "3")});
    EXPECT_THROW(decode_calls(text.substr(0, text.size() - 4)), Corrupt);
    EXPECT_THROW(decode_calls(""), Corrupt);
    EXPECT_THROW(decode_words(text), Unsupported);
    const std::string head = text.substr(0, text.find('\n') + 1);
    for (const char* line : {"[]", "{\"number\":7}", "{\"number\":{\"base64\":\"?\"}}", "{"}) {
        EXPECT_THROW(decode_calls(head + line + "\n"), Corrupt) << line;
    }
}

TEST(Call, IsTheSameWhateverThePhoneCallsItsPartner) {
    Call one = call("+44 1", 1'700'000'000'123, "3");
    Call other = one;
    other.fields["name"] = "Bo";
    EXPECT_EQ(record_of(one).identity, record_of(other).identity);
    EXPECT_EQ(record_of(one).digest, record_of(other).digest);
    EXPECT_EQ(record_of(other).label, "Bo, 2023-11-14 22:13: missed call");
    other.fields["duration"] = "36";
    EXPECT_NE(record_of(one).digest, record_of(other).digest);
    EXPECT_EQ(record_of(one).identity, record_of(other).identity);
}

TEST(Call, TheXmlIsWellFormedWhateverTheTextsHold) {
    Call odd = call("<&\">'", 1, "1");
    odd.fields["name"] = "a\nb\x01";
    const std::string xml = calls_xml(std::vector{odd});
    EXPECT_NE(xml.find("<calls count=\"1\""), std::string::npos);
    EXPECT_NE(xml.find("number=\"&lt;&amp;&quot;&gt;"), std::string::npos) << xml;
    EXPECT_EQ(xml.find('\x01'), std::string::npos);
    EXPECT_TRUE(xml.ends_with("</calls>\n"));
}

TEST(Word, ComesBackAndKeepsItsLanguage) {
    const std::vector<Word> words{{{{"word", "ahoy"}, {"locale", "en_GB"}, {"frequency", "9"}}},
                                  {{{"word", "ahoy"}, {"frequency", "250"}}}};
    EXPECT_EQ(decode_words(encode_words(words)), words);
    EXPECT_NE(record_of(words[0]).identity, record_of(words[1]).identity);
    EXPECT_EQ(record_of(words[0]).label, "ahoy (en_GB)");
}

}  // namespace
}  // namespace lifeboat::personal
