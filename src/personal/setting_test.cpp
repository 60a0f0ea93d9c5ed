#include "personal/setting.h"

#include "base/error.h"

#include <gtest/gtest.h>

namespace lifeboat::personal {
namespace {

TEST(PersonalSetting, AnyValueComesBackAsItWas) {
    for (const std::string value :
         {"", "a=b\nc", "\xff\xfe", "\"quoted\" \xf0\x9f\x98\x80", "null"}) {
        const Setting setting{"secure", "some_name", value};
        EXPECT_EQ(decode_setting(encode(setting)), setting);
        EXPECT_EQ(encode(setting).find('\n'), std::string::npos);
    }
}

TEST(PersonalSetting, ChangedValuesDiffer) {
    const Setting one{"system", "font_scale", "1.0"};
    const Setting two{"system", "font_scale", "1.3"};
    EXPECT_EQ(record_of(one).identity, record_of(two).identity);
    EXPECT_NE(record_of(one).digest, record_of(two).digest);
}

TEST(PersonalSetting, NonsenseIsRefused) {
    for (const std::string_view bad : {"", "{}", "[1]", R"({"table":"a","name":"b"})",
                                       R"({"table":"a","name":"b","value_base64":"?"})",
                                       R"({"table":"a","name":"b","value":"x\u0000y"})"}) {
        EXPECT_THROW(decode_setting(bad), Corrupt) << bad;
    }
}

}  // namespace
}  // namespace lifeboat::personal
