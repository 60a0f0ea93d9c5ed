#include "personal/telephony_backup.h"

#include "ab/zlib_stream.h"
#include "base/error.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace lifeboat::personal {
namespace {

Sms text(int64_t date) {
    return {.date = date,
            .address = "+491",
            .body = fmt::format("text {} \xf0\x9f\x98\x80", date),
            .read = 1,
            .seen = 1,
            .recipients = {"+491"}};
}

Mms picture(int64_t seconds, const std::string& words) {
    Mms mms{.date = seconds,
            .box = message_box::sent,
            .read = 1,
            .seen = 1,
            .other = {{"m_type", "128"}},
            .recipients = {"+491", "+492"},
            .addresses = {{mms_address::to, "+491", 106}, {mms_address::bcc, "+492", 0}}};
    if (!words.empty())
        mms.parts.push_back({.content_type = "text/plain", .charset = 106, .text = words});
    return mms;
}

TEST(TelephonyBackup, ComesBackInFilesOfAThousandOldestFirst) {
    std::vector<Message> messages;
    for (int64_t i = 2500; i > 0; --i) messages.emplace_back(text(i * 1000));
    messages.emplace_back(picture(1200, "look"));
    const auto files = write_telephony_backup(messages);
    ASSERT_EQ(files.size(), 4u);
    EXPECT_EQ(files[0].name, "000000_sms_backup");
    EXPECT_EQ(files[3].name, "000003_mms_backup");
    std::vector<Message> back;
    for (const auto& file : files) {
        EXPECT_TRUE(is_telephony_backup_file(file.name));
        for (auto& one : read_telephony_backup(file.name, file.content)) back.push_back(one);
    }
    ASSERT_EQ(back.size(), messages.size());
    EXPECT_EQ(back.front(), Message(text(1000)));
    EXPECT_EQ(back.back(), messages.back());
}

TEST(TelephonyBackup, APictureWithoutWordsIsLeftOutAndSaid) {
    EXPECT_FALSE(fits_telephony_backup(picture(1, "")));
    EXPECT_TRUE(fits_telephony_backup(picture(1, "x")));
    EXPECT_TRUE(write_telephony_backup({picture(1, "")}).empty());
    Sms broken = text(1);
    broken.body = "half a character \xed\xa0\xbd";
    EXPECT_FALSE(fits_telephony_backup(broken));
}

TEST(TelephonyBackup, OtherNamesAreNone) {
    for (const char* name : {"", "000000_sms_backup.x", "00000_sms_backup", "a00000_sms_backup",
                             "0000000_mms_backup", "_sms_backup", "sms"})
        EXPECT_FALSE(is_telephony_backup_file(name)) << name;
}

TEST(TelephonyBackup, DamagedFilesAreRefused) {
    const auto files = write_telephony_backup({text(1)});
    Bytes cut = files[0].content;
    cut.resize(cut.size() - 3);
    EXPECT_THROW(read_telephony_backup("000000_sms_backup", cut), Corrupt);
    Bytes longer = files[0].content;
    longer.push_back(std::byte{0});
    EXPECT_THROW(read_telephony_backup("000000_sms_backup", longer), Corrupt);
    for (const char* json : {"", "{}", "[3]", "[{\"date\":\"x\"}]", "[{\"recipients\":[3]}]",
                             "[{\"body\":{}}]", "[{\"date\":1e99}]"}) {
        const Bytes packed = ab::deflate(as_bytes(json));
        EXPECT_THROW(read_telephony_backup("000000_sms_backup", packed), Corrupt) << json;
    }
}

}  // namespace
}  // namespace lifeboat::personal
