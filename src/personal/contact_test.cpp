#include "personal/contact.h"

#include "base/error.h"
#include "personal/restore_plan.h"

#include <gtest/gtest.h>

namespace lifeboat::personal {
namespace {

ContactRow row(std::string_view mimetype, std::string value) {
    return {.fields = {{"mimetype", std::string(mimetype)}, {"data1", std::move(value)}}};
}

Contact person(const std::string& name, const std::string& number) {
    return {.fields = {{"account_type", "com.example"}, {"account_name", "me"}},
            .rows = {row(contact_row::name, name), row(contact_row::phone, number)}};
}

TEST(Contact, ComesBackAsItWasWritten) {
    ContactBook book{.groups = {{{{"title", "Crew, \"old\""}}}},
                     .contacts = {person("Ada \xff", "1"), person("", "NULL")}};
    book.contacts[0].rows.push_back(row(contact_row::group, ""));
    book.contacts[0].rows.back().group = "Crew, \"old\"";
    book.contacts[1].rows.push_back(row(contact_row::photo, ""));
    book.contacts[1].rows.back().has_photo = true;
    book.contacts[1].rows.back().photo = "ab12.jpg";
    EXPECT_EQ(decode_contacts(encode_contacts(book)), book);
}

TEST(Contact, APictureIsNoWayToAnotherFile) {
    ContactBook book{.contacts = {person("Ada", "1")}};
    book.contacts[0].rows[0].has_photo = true;
    for (const char* name : {"../x", "/etc/passwd", ".hidden", "a/b"}) {
        book.contacts[0].rows[0].photo = name;
        EXPECT_THROW(decode_contacts(encode_contacts(book)), Corrupt) << name;
    }
}

TEST(Contact, AChangedNumberIsAChangeOfTheSameContact) {
    const Record before = record_of(person("Ada", "1"));
    const Record after = record_of(person("Ada", "2"));
    EXPECT_EQ(before.identity, after.identity);
    EXPECT_NE(before.digest, after.digest);
    EXPECT_EQ(before.label, "Ada, 1");
    const Record nameless = record_of({.rows = {row(contact_row::phone, "7")}});
    EXPECT_EQ(nameless.identity, "7");
}

TEST(Contact, TheAccountAndWhatThePhoneWorksOutAreNoChange) {
    const Record before = record_of(person("Ada", "+44 1"));
    Contact moved = person("Ada", "+44 1");
    moved.fields.erase("account_type");
    moved.rows[1].fields["data4"] = "+441";
    std::swap(moved.rows[0], moved.rows[1]);
    EXPECT_EQ(record_of(moved), before);
    moved.fields["starred"] = "1";
    EXPECT_NE(record_of(moved).digest, before.digest);
    EXPECT_EQ(record_of(moved).identity, before.identity);
}

TEST(Contact, TwoOfOneNameStayApart) {
    const std::vector<Record> two{record_of(person("Ada", "1")), record_of(person("Ada", "2"))};
    const auto one_lost = compare(Collection{.id = "contacts", .records = two},
                                  Collection{.id = "contacts", .records = {two[1]}});
    ASSERT_EQ(one_lost.lost.size(), 1u);
    EXPECT_EQ(one_lost.lost[0], two[0]);
    EXPECT_TRUE(one_lost.changed.empty());
    const auto plan = plan_restore(two, std::vector{two[1]});
    EXPECT_EQ(plan.missing, std::vector<size_t>{0});
    EXPECT_TRUE(plan.conflicts.empty());
}

TEST(RestorePlan, CountsEqualOnesAndSparesWhatWasChanged) {
    const Record a{"a", "1", ""}, changed{"a", "2", ""}, b{"b", "1", ""};
    const auto plan = plan_restore(std::vector{a, a, b}, std::vector{a, changed});
    EXPECT_EQ(plan.already_there, std::vector<size_t>{0});
    EXPECT_EQ(plan.conflicts, std::vector<size_t>{1});
    EXPECT_EQ(plan.missing, std::vector<size_t>{2});
}

TEST(Contact, ThoseOfMessengersAreKnown) {
    Contact found{.fields = {{"account_type", "com.whatsapp"}}};
    EXPECT_TRUE(is_of_an_app(found));
    found.fields["account_type"] = "com.google";
    EXPECT_FALSE(is_of_an_app(found));
    EXPECT_FALSE(is_of_an_app({}));
}

}  // namespace
}  // namespace lifeboat::personal
