#include "sim/android/providers/telephony_agent.h"

#include "ab/zlib_stream.h"
#include "sim/android/shell_phone_test.h"

namespace lifeboat::sim {
namespace {

using android::AgentFiles;
using android::PersonalData;

class TelephonyAgent : public ShellPhone {
protected:
    AgentFiles backup() {
        return phone_->personal().with(
            [](PersonalData& data) { return android::telephony_backup(data.messages()); });
    }
    void restore(const AgentFiles& files) {
        phone_->personal().with([&](PersonalData& data) {
            android::restore_telephony(data.messages(), files, 1'750'000'000'000);
        });
    }
    static AgentFiles one(const std::string& name, std::string_view json) {
        return {{"d_f/" + name, ab::deflate(as_bytes(json))}};
    }
};

TEST_F(TelephonyAgent, AThousandMessagesToAFile) {
    fill({.messages = 2500});
    const AgentFiles files = backup();
    ASSERT_EQ(files.size(), 3u);  // 2500 and 63 that hosts do not see
    EXPECT_TRUE(files.contains("d_f/000002_sms_backup"));
}

TEST_F(TelephonyAgent, RestoresWhatItIsGiven) {
    restore(one("000000_sms_backup",
                R"([{"address":"+447700900001","body":"a, b","date":"1700000000000","type":"2",
                     "status":"-1","self_phone":"+447700900998","recipients":["+447700900001"]},
                    {"body":"a, b","date":"1700000000000","type":"1"},
                    {"body":"from nobody","date":"1700000000001","type":"1","read":"0"}])"));
    EXPECT_EQ(
        query("sms --projection address:body:date:type:read:seen:sub_id:thread_id --sort _id"),
        "Row: 0 address=+447700900001, body=a, b, date=1700000000000, type=2, read=1, seen=1, "
        "sub_id=2, thread_id=1\n"
        "Row: 1 address=NULL, body=from nobody, date=1700000000001, type=1, read=0, seen=1, "
        "sub_id=-1, thread_id=2\n");
    EXPECT_EQ(query("mms-sms/canonical-address/2 --projection address"),
              "Row: 0 address=\u02bcUNKNOWN_SENDER!\u02bc\n");
}

TEST_F(TelephonyAgent, AttachmentsComeFromTheirFolder) {
    AgentFiles files = one("000000_mms_backup",
                           R"([{"date":"1700000000","m_type":"132","msg_box":"1","mms_body":"look",
                                "mms_charset":106,"mms_addresses":[{"address":"+44","type":137}],
                                "recipients":["+44"],
                                "attachments":[{"mime_type":"image/jpeg","filename":"a.jpg"}]}])");
    files["d_r/app_parts/a.jpg"] = to_bytes("picture");
    restore(files);
    restore(files);
    EXPECT_EQ(query("mms --projection 'count(*)'"), "Row: 0 count(*)=1\n");
    EXPECT_EQ(query("mms/1/part --projection ct:text --where 'seq>=0'"),
              "Row: 0 ct=text/plain, text=look\nRow: 1 ct=image/jpeg, text=NULL\n");
    EXPECT_EQ(run("content read --uri content://mms/part/3").out, "picture");
}

TEST_F(TelephonyAgent, DamageEndsARestoreWithoutAWord) {
    fill({.messages = 3});
    restore({{"d_f/000000_sms_backup", to_bytes("no zlib")}});
    for (const char* text : {"", "[", "{}", "[1]", "[{\"body\":[]}]", "[{\"recipients\":3}]"}) {
        restore(one("000000_sms_backup", text));
        restore(one("000000_mms_backup", text));
    }
    EXPECT_EQ(query("sms --projection 'count(*)'"), "Row: 0 count(*)=3\n");
}

}  // namespace
}  // namespace lifeboat::sim
