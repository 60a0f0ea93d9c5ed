#include "content/vendor_backup/vendor_backup.h"

#include "ab/writer.h"
#include "content/vendor_backup/vendor_lists.h"
#include "item/memory_items.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lifeboat::content {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::UnorderedElementsAre;

const TimePoint now = *from_rfc3339("2026-11-25T10:00:00Z");

Bytes app_stream(const SecretText* password = nullptr) {
    Bytes file;
    ab::Writer writer(
        [&](ByteView part) { append(file, part); },
        {.compressed = false,
         .password = password,
         .rounds = 10,
         .random = [](MutableByteView out) { std::ranges::fill(out, std::byte{0x8e}); }});
    writer.add_app({.package = "com.example.notes", .version_code = 1, .sdk = 34});
    writer.add({.app = "com.example.notes", .domain = "f", .name = "a"}, as_bytes("milk"));
    writer.add({.app = "com.example.notes", .domain = "db", .name = "b"}, as_bytes("eggs"));
    writer.finish();
    return file;
}

class SmartSwitch : public testing::Test {
protected:
    SmartSwitch() {
        add("SmartSwitchBackup.json",
            R"({"DisplayName":"Ada's phone","ModelName":"SM-S926B","OsVer":16,"AppVer":"3.7.72",)"
            R"("SavedTime":"2026-11-24T21:49:02","Dummy":"68617262"})");
        add("ReqItemsInfo.json",
            R"({"ListItems":[{"Type":"Photo","ContentCount":2},{"Type":"MESSAGE"},)"
            R"({"Type":"MEMO","ContentCount":0}]})");
        add("Photo/DCIM/Camera/a.jpg", "jpeg");
        add("MESSAGE/Message.smem", "sealed bytes");
        add("CONTACT/Contact.vcf", "BEGIN:VCARD\r\nFN:Ada\r\nEND:VCARD\r\n");
        const SecretText password("harb");
        tree_.add_file(ItemPath("APKFILE/com.example.notes.noedata"), app_stream());
        tree_.add_file(ItemPath("APKFILE/com.example.bank.data"), app_stream(&password));
        add("APKFILE/com.example.notes.penc", "sealed");
    }
    void add(const std::string& path, std::string_view text) {
        tree_.add_file(ItemPath(path), to_bytes(text));
    }
    VendorLook look(std::optional<TimePoint> newest = {}) {
        backup_ = recognise_vendor_backup(tree_, "x");
        EXPECT_TRUE(backup_);
        return look_into(tree_, *backup_, {now, newest}, {});
    }
    static const VendorPart& part(const VendorLook& look, const std::string& category,
                                  Openness openness) {
        for (const VendorPart& p : look.parts) {
            if (p.category == category && p.openness == openness) return p;
        }
        static const VendorPart none{};
        return none;
    }

    MemoryTree tree_{};
    std::optional<VendorBackup> backup_{};
};

TEST_F(SmartSwitch, WhatItSaysOfItself) {
    const VendorLook all = look();
    EXPECT_EQ(backup_->tool, VendorTool::smart_switch);
    EXPECT_EQ(backup_->model, "SM-S926B");
    EXPECT_EQ(backup_->device_name, "Ada's phone");
    EXPECT_EQ(backup_->os_version, "16");
    EXPECT_EQ(to_rfc3339(*backup_->saved), "2026-11-24T21:49:02Z");
    EXPECT_EQ(all.files, 8u);
    EXPECT_THAT(all.problems, IsEmpty());
}

TEST_F(SmartSwitch, WhatOpensAndWhatIsSealed) {
    const VendorLook all = look();
    EXPECT_EQ(part(all, "Photo", Openness::plain).files, 1u);
    EXPECT_EQ(part(all, "MESSAGE", Openness::sealed).files, 1u);
    EXPECT_EQ(part(all, "CONTACT", Openness::opened).records, 1u);
    // One in the clear, one with the password that stands in the list, as hex.
    EXPECT_EQ(part(all, "APKFILE", Openness::opened).files, 2u);
    EXPECT_EQ(part(all, "APKFILE", Openness::opened).records, 4u);
    EXPECT_EQ(part(all, "APKFILE", Openness::sealed).files, 1u);
}

TEST_F(SmartSwitch, AnotherPasswordLeavesItSealed) {
    const SecretText other("other");
    tree_.add_file(ItemPath("APKFILE/com.example.bank.data"), app_stream(&other));
    EXPECT_EQ(part(look(), "APKFILE", Openness::sealed).files, 2u);
}

TEST_F(SmartSwitch, WhatIsMissingOrFailedIsSaid) {
    add("ReqItemsInfo.json", R"({"ListItems":[{"Type":"CALLLOG","ContentCount":7}]})");
    add("ContentBnrResult/MEMO/fail.bk", R"({"Result":"FAIL","Err_Code":3})");
    add("CONTACT/Contact.vcf", "BEGIN:VCARD\nFN:Ada\n");
    add("Photo/DCIM/Camera/empty.jpg", "");
    const auto problems = look().problems;
    EXPECT_THAT(problems, Contains(HasSubstr("CALLLOG was chosen")));
    EXPECT_THAT(problems, Contains(HasSubstr("could not save MEMO, with error 3")));
    EXPECT_THAT(problems, Contains(HasSubstr("Contact.vcf\" is damaged: it ends in the middle")));
    EXPECT_THAT(problems, Contains(HasSubstr("1 of its files are empty")));
}

TEST_F(SmartSwitch, CutAppDataIsDamaged) {
    Bytes cut = app_stream();
    cut.resize(cut.size() - 600);
    tree_.add_file(ItemPath("APKFILE/com.example.notes.noedata"), cut);
    EXPECT_THAT(look().problems, ElementsAre(HasSubstr("noedata\" is damaged")));
}

TEST_F(SmartSwitch, DatesThatCannotBe) {
    add("SmartSwitchBackup.json", R"({"SavedTime":"2031-01-01T00:00:00"})");
    EXPECT_THAT(look().problems, Contains(HasSubstr("not yet")));
    add("SmartSwitchBackup.json", R"({"SavedTime":"2026-11-01T00:00:00"})");
    EXPECT_THAT(look(*from_rfc3339("2026-11-24T08:00:00Z")).problems,
                Contains(HasSubstr("before the newest message")));
    EXPECT_THAT(look(*from_rfc3339("2026-11-01T08:00:00Z")).problems, IsEmpty());
    add("SmartSwitchBackup.json", "no json at all");
    EXPECT_THAT(look().problems, Contains(HasSubstr("does not say when")));
}

TEST(VendorBackup, TheFolderAboveAndItsName) {
    MemoryTree tree;
    const std::string inside = "SM-F946B_20260201210657";
    tree.add_file(ItemPath(inside + "/backupHistoryInfo.xml"), to_bytes("<ItemsInfo/>"));
    tree.add_file(ItemPath(inside + "/MESSAGE/Message.smem"), to_bytes("x"));
    const auto backup = recognise_vendor_backup(tree, "SmartSwitch");
    ASSERT_TRUE(backup);
    EXPECT_EQ(backup->root, ItemPath(inside));
    EXPECT_EQ(backup->model, "SM-F946B");
    EXPECT_EQ(to_rfc3339(*backup->saved), "2026-02-01T21:06:57Z");
    tree.add_file(ItemPath("other/backupHistoryInfo.xml"), to_bytes("<ItemsInfo/>"));
    tree.add_file(ItemPath("other/MESSAGE/Message.smem"), to_bytes("x"));
    EXPECT_THROW(recognise_vendor_backup(tree, "SmartSwitch"), Misuse);
}

TEST(VendorBackup, ClonePhone) {
    MemoryTree tree;
    EXPECT_FALSE(recognise_vendor_backup(tree, "x"));
    tree.add_file(ItemPath("Contact/contact.vcf"),
                  to_bytes("BEGIN:VCARD\nEND:VCARD\nBEGIN:VCARD\nEND:VCARD\n"));
    tree.add_file(ItemPath("Calendar/calendar.vcs"),
                  to_bytes("BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VEVENT\nEND:VCALENDAR\n"));
    tree.add_file(ItemPath("Sms/sms.vmsg"), to_bytes("\x01\x02 not what it was"));
    const auto backup = recognise_vendor_backup(tree, "20261124120000");
    ASSERT_TRUE(backup);
    EXPECT_EQ(backup->tool, VendorTool::clone_phone);
    const VendorLook all = look_into(tree, *backup, {now, {}}, {});
    ASSERT_EQ(all.parts.size(), 3u);
    EXPECT_EQ(all.parts[0].records, 1u);
    EXPECT_EQ(all.parts[1].records, 2u);
    EXPECT_EQ(all.parts[2].openness, Openness::damaged);
}

TEST(VendorBackup, HostileListsSayNothing) {
    for (const char* text : {"", "[]", "null", "{\"ListItems\":{}}", "{\"ListItems\":[1,null,[]]}",
                             "{\"ModelName\":{}}", "\xff\xfe"}) {
        EXPECT_THAT(read_requested(text), IsEmpty());
        EXPECT_EQ(read_smart_switch_info(text).model, "");
    }
    EXPECT_FALSE(read_vendor_date("2026-13-45T99:99:99"));
    EXPECT_FALSE(read_failure(R"({"Result":"0","Err_Code":"0"})"));
    BlockCounter deep({"A"});
    std::string text;
    for (int i = 0; i < 100; ++i) text += "BEGIN:A\n";
    EXPECT_THROW(deep.feed(as_bytes(text)), Corrupt);
}

}  // namespace
}  // namespace lifeboat::content
