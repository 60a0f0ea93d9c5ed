#include "phone/android/personal/messages_plan.h"

#include "ab/archive.h"
#include "item/memory_items.h"
#include "personal/telephony_backup.h"
#include "phone/android/personal/messages_agent.h"
#include "phone/android/personal/messages_attachments.h"
#include "phone/android/personal/messages_right.h"

#include <gtest/gtest.h>

namespace lifeboat::phone::android {
namespace {

using personal::Attachment;
using personal::Message;
using personal::Mms;
using personal::Sms;

Sms text(std::string body) {
    return {.date = 1'763'647'380'123, .address = "+15550100", .body = std::move(body)};
}

Mms picture() {
    return {.date = 1'763'647'380,
            .other = {{"m_type", "132"}, {"tr_id", "T1"}},
            .addresses = {{personal::mms_address::from, "+15550100", 106},
                          {personal::mms_address::to, "insert-address-token", 106}},
            .parts = {{.content_type = "text/plain", .text = "look"},
                      {.content_type = "image/jpeg",
                       .data = Attachment{"attachments/a.jpg", 3, std::string(64, 'a')}}}};
}

TEST(MessagesPlan, EqualMessagesCountAsOftenAsTheyAreThere) {
    const std::vector<Message> wanted{text("hi"), text("hi"), text("hi"), text("other")};
    const auto plan = plan_messages(wanted, {{7, text("hi")}, {8, text("hi")}}, {}, {});
    EXPECT_EQ(plan.wanted, 4u);
    EXPECT_EQ(plan.already_there, 2u);
    EXPECT_EQ(plan.sms.size(), 2u);
    EXPECT_TRUE(plan.conflicts.empty());
}

TEST(MessagesPlan, OneThatDiffersInItsLockIsNeitherDoubledNorTakenForEqual) {
    Sms locked = text("hi");
    locked.locked = 1;
    const auto plan =
        plan_messages({text("hi"), locked}, {{7, text("hi")}, {8, text("hi")}}, {}, {});
    EXPECT_EQ(plan.already_there, 1u);
    EXPECT_EQ(plan.conflicts.size(), 1u);
    EXPECT_TRUE(plan.sms.empty());
}

TEST(MessagesPlan, WhatTheToolCannotCarryIsSaidBefore) {
    Sms draft = text("later");
    draft.box = personal::message_box::draft;
    const auto plan = plan_messages({text(std::string(200'000, 'x')), text(std::string("a\0b", 3)),
                                     text("\xff"), draft, text("")},
                                    {}, {}, {});
    EXPECT_EQ(plan.unfit.size(), 3u);
    EXPECT_EQ(plan.sms.size(), 2u);
    const std::vector<Message> colon{text("at 8:00")};
    EXPECT_TRUE(plan_messages(colon, {}, {}, {}).unfit.empty());
    EXPECT_EQ(plan_messages(colon, {}, {}, {.takes_colons = false}).unfit.size(), 1u);
}

TEST(MessagesPlan, APictureThatWasCutIsCompleted) {
    FoundMms there{.id = 5, .mms = picture(), .thread = 3};
    EXPECT_EQ(plan_messages({picture()}, {}, {there}, {}).already_there, 1u);

    there.mms.parts[1].data.reset();
    there.mms.addresses.pop_back();
    auto plan = plan_messages({picture()}, {}, {there}, {});
    ASSERT_EQ(plan.mms.size(), 1u);
    EXPECT_EQ(plan.mms[0].id, 5);
    EXPECT_EQ(plan.mms[0].addresses.size(), 1u);
    EXPECT_TRUE(plan.mms[0].parts.empty());

    there.mms.parts.clear();
    plan = plan_messages({picture(), picture()}, {}, {there}, {});
    ASSERT_EQ(plan.mms.size(), 2u);
    EXPECT_EQ(plan.mms[0].parts.size(), 2u);
    EXPECT_EQ(plan.mms[1].id, 0);
}

TEST(MessagesPlan, AFileThatIsShorterMayHaveBeenCut) {
    FoundMms there{.id = 5, .mms = picture(), .thread = 3};
    there.mms.parts[1].data = Attachment{"attachments/b.jpg", 2, std::string(64, 'b')};
    auto plan = plan_messages({picture()}, {}, {there}, {});
    ASSERT_EQ(plan.mms.size(), 1u);
    EXPECT_EQ(plan.mms[0].id, 5);
    EXPECT_TRUE(plan.mms[0].parts.empty());
    there.mms.parts[1].data->size = 3;
    plan = plan_messages({picture()}, {}, {there}, {});
    EXPECT_TRUE(plan.mms.empty());
    EXPECT_EQ(plan.conflicts.size(), 1u);
}

TEST(MessagesPlan, AFileThatIsThereIsNotLookedForInAnEmptyOne) {
    Mms two = picture();
    two.parts.push_back(two.parts[1]);
    two.parts[2].data = Attachment{"attachments/c.jpg", 3, std::string(64, 'c')};
    FoundMms there{.id = 5, .mms = two, .thread = 3};
    there.mms.parts[1].data->size = 0;
    std::swap(there.mms.parts[1], there.mms.parts[2]);
    for (int order = 0; order < 2; ++order) {
        const auto plan = plan_messages({two}, {}, {there}, {});
        EXPECT_TRUE(plan.conflicts.empty());
        ASSERT_EQ(plan.mms.size(), 1u);
        EXPECT_TRUE(plan.mms[0].parts.empty());
        std::swap(there.mms.parts[1], there.mms.parts[2]);
    }
}

TEST(MessagesPlan, AMessageInNoConversationIsNotYetThere) {
    FoundMms there{.id = 5, .mms = picture()};
    auto plan = plan_messages({picture()}, {}, {there}, {});
    EXPECT_EQ(plan.already_there, 0u);
    ASSERT_EQ(plan.mms.size(), 1u);
    EXPECT_TRUE(plan.mms[0].in_no_thread);
    EXPECT_TRUE(plan.mms[0].parts.empty() && plan.mms[0].addresses.empty());
    // It is not written again for that, so that nothing in it can be unfit.
    Mms colon = picture();
    colon.subject = "at 8:00";
    there.mms.subject = colon.subject;
    plan = plan_messages({colon}, {}, {there}, {.takes_colons = false});
    EXPECT_EQ(plan.mms.size(), 1u);
    EXPECT_TRUE(plan.unfit.empty());
    Mms nobody = picture();
    nobody.addresses = {{personal::mms_address::to, "insert-address-token", 106}};
    there.mms = nobody;
    EXPECT_EQ(plan_messages({nobody}, {}, {there}, {}).already_there, 1u);
}

TEST(MessagesPlan, APictureWithOtherContentsIsNotTouched) {
    FoundMms there{.id = 5, .mms = picture(), .thread = 3};
    there.mms.parts[0].text = "other";
    const auto plan = plan_messages({picture()}, {}, {there}, {});
    EXPECT_TRUE(plan.mms.empty());
    EXPECT_EQ(plan.conflicts.size(), 1u);
}

TEST(MessagesAgent, ItsArchiveIsOneThatAPhoneWouldMake) {
    std::vector<Message> messages{text("one"), picture()};
    std::get<Sms>(messages[0]).recipients = {"+15550100"};
    MemorySource raw(telephony_archive(messages));
    ab::ArchiveReader reader(raw, SecretText());
    std::vector<std::string> names;
    std::vector<Message> back;
    while (const auto entry = reader.next()) {
        names.push_back(entry->path->text());
        const std::string name(entry->path->name());
        if (!personal::is_telephony_backup_file(name)) continue;
        const Bytes content = read_all(reader.content(), 1 << 20);
        for (auto& one : personal::read_telephony_backup(name, content)) back.push_back(one);
    }
    EXPECT_EQ(names, (std::vector<std::string>{
                         "apps/com.android.providers.telephony/_manifest",
                         "apps/com.android.providers.telephony/d_f/000000_sms_backup",
                         "apps/com.android.providers.telephony/d_f/000001_mms_backup"}));
    ASSERT_EQ(back.size(), 2u);
    EXPECT_EQ(personal::record_of(back[0]), personal::record_of(messages[0]));
    EXPECT_EQ(personal::text_of(std::get<Mms>(back[1])), "look");
}

TEST(MessagesRight, ReadsTheModeOfTheRight) {
    EXPECT_EQ(app_op_mode("No operations.\nDefault mode: ignore\n"), "default");
    EXPECT_EQ(app_op_mode("WRITE_SMS: allow; time=+3m2s ago\n"), "allow");
    EXPECT_EQ(app_op_mode("Uid mode: WRITE_SMS: ignore\nWRITE_SMS: ignore\r\n"), "ignore");
    EXPECT_EQ(app_op_mode(""), "default");
}

TEST(MessagesAttachments, NamesThatPeopleCanOpen) {
    const std::string hash(64, 'b');
    EXPECT_EQ(attachment_file(hash, "image/JPEG"), "attachments/" + std::string(32, 'b') + ".jpg");
    EXPECT_EQ(attachment_file(hash, "x/../y"), "attachments/" + std::string(32, 'b') + ".bin");
}

}  // namespace
}  // namespace lifeboat::phone::android
