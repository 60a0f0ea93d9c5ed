// Contacts that do not come back in one go: damaged pictures, cuts, and what the phone makes of
// them.
#include "phone/android/personal/damaged_file_test.h"
#include "phone/android/personal/provider_world_test.h"

namespace lifeboat::phone::android {
namespace {

using sim::android::PersonalData;

class ContactsRestore : public ProviderWorld {
protected:
    int64_t count(const std::string& sql) {
        int64_t found = 0;
        data([&](PersonalData& data) { found = data.contacts().sql().number(sql); });
        return found;
    }
    int64_t marks() {
        return count("SELECT count(*) FROM raw_contacts WHERE sourceid LIKE 'lifeboat-%'");
    }
    int64_t rows() { return count("SELECT count(*) FROM data"); }
    void sql(const std::string& text) {
        data([&](PersonalData& data) { data.contacts().sql().run(text); });
    }

    void cut_in_a_picture() {
        phone_->faults().with([](sim::FaultPlan& plan) {
            plan.hang_up = sim::HangUp{.at = "display_photo", .input = 12};
        });
    }

    static std::vector<ItemPath> picture_files(const WatchedSink& sink) {
        std::vector<ItemPath> files;
        sink.tree.list(ItemPath("personal/contacts/photos"),
                       [&](const Item& item) { files.push_back(item.path); });
        return files;
    }
    static std::multiset<std::string> pictures(const WatchedSink& sink) {
        std::multiset<std::string> all;
        for (const ItemPath& file : picture_files(sink))
            all.insert(sink.content(std::string(file.text())));
        return all;
    }
    std::multiset<std::string> pictures_there() {
        WatchedSink sink;
        save("contacts", sink);
        return pictures(sink);
    }

    static void add_contact(PersonalData& data, int64_t account, const std::string& name,
                            const char* number, bool is_default) {
        auto& contacts = data.contacts();
        const int64_t raw = contacts.sql().insert("raw_contacts", {{"account_id", account}});
        contacts.sql().insert("data", {{"raw_contact_id", raw},
                                       {"mimetype", "vnd.android.cursor.item/name"},
                                       {"data1", name},
                                       {"data2", name.substr(0, name.find(' '))},
                                       {"data3", name.substr(name.find(' ') + 1)}});
        contacts.aggregate(raw, 0);
        contacts.sql().insert("data", {{"raw_contact_id", raw},
                                       {"mimetype", "vnd.android.cursor.item/phone_v2"},
                                       {"data1", number},
                                       {"is_primary", int64_t{is_default}},
                                       {"is_super_primary", int64_t{is_default}}});
    }
    // One person in an account and on the phone itself, each with a number that is the default.
    void make_twins() {
        data([](PersonalData& data) {
            auto& contacts = data.contacts();
            const int64_t account = contacts.account_of({"ada@example.com", "org.example"});
            add_contact(data, contacts.account_of({}), "Robin Field", "+44 1", true);
            add_contact(data, account, "Robin Field", "+44 2", true);
            add_contact(data, account, "Kim Hill", "+44 3", true);
        });
    }
};

TEST_F(ContactsRestore, ADamagedPictureStopsNoOtherContact) {
    start(some);
    forget_account("com.google");
    WatchedSink sink;
    const Collection before = save("contacts", sink);
    wipe();
    const TreeWithDamagedFile damaged(sink.tree, picture_files(sink).front());
    const auto first = restore("contacts", damaged);
    EXPECT_EQ(first.compared_equal, before.records.size() - 1);
    ASSERT_EQ(first.failed.size(), 1u) << reasons(first);
    EXPECT_NE(first.failed.front().reason.find("picture is damaged"), std::string::npos)
        << first.failed.front().reason;
    EXPECT_EQ(marks(), 1);
    const auto again = restore("contacts", damaged);
    EXPECT_EQ(again.already_there, before.records.size() - 1);
    EXPECT_EQ(again.failed.size(), 1u) << reasons(again);
    // The backup was mended.
    const auto last = restore("contacts", sink.tree);
    EXPECT_EQ(last.compared_equal, 1u) << reasons(last);
    EXPECT_EQ(marks(), 0);
    expect_same(before, read("contacts"));
    EXPECT_EQ(pictures_there(), pictures(sink));
}

TEST_F(ContactsRestore, HalfAPictureIsWrittenAgain) {
    start(some);
    forget_account("com.google");
    WatchedSink sink;
    const Collection before = save("contacts", sink);
    wipe();
    cut_in_a_picture();
    EXPECT_THROW(restore("contacts", sink.tree), Temporary);
    EXPECT_FALSE(phone_->faults().copy().hang_up);
    EXPECT_EQ(count("SELECT count(*) FROM photo_files WHERE length(bytes)=12"), 1);
    const auto again = restore("contacts", sink.tree);
    EXPECT_TRUE(again.failed.empty()) << reasons(again);
    EXPECT_EQ(again.already_there + again.compared_equal, before.records.size());
    EXPECT_EQ(marks(), 0);
    expect_same(before, read("contacts"));
    EXPECT_EQ(pictures_there(), pictures(sink));
}

TEST_F(ContactsRestore, EqualContactsKeepTheirOwnPictures) {
    start({.contacts = 1});
    wipe();
    data([](PersonalData& data) {
        auto& contacts = data.contacts();
        for (const char last : {'a', 'b', 'c'}) {
            const int64_t raw =
                contacts.sql().insert("raw_contacts", {{"account_id", contacts.account_of({})}});
            contacts.sql().insert("data", {{"raw_contact_id", raw},
                                           {"mimetype", "vnd.android.cursor.item/name"},
                                           {"data1", "Robin Field"},
                                           {"data2", "Robin"},
                                           {"data3", "Field"}});
            const std::string picture = std::string("\xff\xd8 a picture that ends with ") + last;
            contacts.set_photo(raw, as_bytes(picture), as_bytes(picture));
            contacts.aggregate(raw, 0);
        }
    });
    WatchedSink sink;
    const Collection before = save("contacts", sink);
    ASSERT_EQ(pictures(sink).size(), 3u);
    for (const char* one : {"min", "max"}) {
        wipe();
        cut_in_a_picture();
        EXPECT_THROW(restore("contacts", sink.tree), Temporary);
        ASSERT_EQ(marks(), 3);
        const std::string last = fmt::format("_id=(SELECT {}(_id) FROM raw_contacts)", one);
        std::string mark;
        data([&](PersonalData& data) {
            mark = data.contacts()
                       .sql()
                       .text("SELECT sourceid FROM raw_contacts WHERE " + last)
                       .value_or("");
        });
        const auto again = restore("contacts", sink.tree);
        EXPECT_EQ(again.compared_equal, 3u) << reasons(again);
        EXPECT_EQ(pictures_there(), pictures(sink));
        // As a run that was cut when it had taken away the marks of the others.
        sql("UPDATE raw_contacts SET sourceid='" + mark + "' WHERE " + last);
        const auto last_run = restore("contacts", sink.tree);
        EXPECT_EQ(last_run.already_there, 2u) << reasons(last_run);
        EXPECT_EQ(last_run.compared_equal, 1u) << reasons(last_run);
        EXPECT_EQ(marks(), 0);
        expect_same(before, read("contacts"));
        EXPECT_EQ(pictures_there(), pictures(sink));
    }
}

TEST_F(ContactsRestore, WhatOnePersonCannotHaveTwiceIsDoubledByNoRun) {
    start({.contacts = 1});
    wipe();
    make_twins();
    WatchedSink sink;
    save("contacts", sink);
    const int64_t wanted_rows = rows();
    sql("DELETE FROM raw_contacts WHERE display_name='Robin Field'");
    for (int run = 0; run < 3; ++run) {
        const auto outcome = restore("contacts", sink.tree);
        EXPECT_EQ(outcome.already_there + outcome.compared_equal, 2u) << reasons(outcome);
        ASSERT_EQ(outcome.failed.size() + outcome.conflicts.size(), 1u) << reasons(outcome);
        const auto& other = run == 0 ? outcome.failed.front() : outcome.conflicts.front();
        EXPECT_NE(other.reason.find("by default"), std::string::npos) << other.reason;
        EXPECT_EQ(rows(), wanted_rows);
        EXPECT_EQ(marks(), 0);
        EXPECT_EQ(count("SELECT count(*) FROM data WHERE is_super_primary=1"), 2);
    }
}

TEST_F(ContactsRestore, RowsThatThePhoneGivesBackOtherwiseAreNotDoubled) {
    start(some);
    forget_account("com.google");
    WatchedSink sink;
    const Collection before = save("contacts", sink);
    const int64_t wanted_rows = rows();
    wipe();
    phone_->faults().with([](sim::FaultPlan& plan) { plan.content.full_after = 120; });
    restore("contacts", sink.tree);
    phone_->faults().clear();
    ASSERT_GT(marks(), 0);
    const std::string of_marked =
        " AND raw_contact_id IN (SELECT _id FROM raw_contacts WHERE sourceid LIKE 'lifeboat-%')";
    sql("UPDATE data SET data2='17' WHERE mimetype='vnd.android.cursor.item/phone_v2'" + of_marked);
    sql("UPDATE data SET data1='Dr. ' || data1 WHERE mimetype='vnd.android.cursor.item/name'" +
        of_marked);
    for (int run = 0; run < 3; ++run) restore("contacts", sink.tree);
    EXPECT_EQ(rows(), wanted_rows);
    EXPECT_EQ(read("contacts").records.size(), before.records.size());
}

TEST_F(ContactsRestore, DefaultsComeBackAndThoseOfOthersStay) {
    start(some);
    forget_account("com.google");
    const std::string phones = "mimetype='vnd.android.cursor.item/phone_v2'";
    sql("UPDATE data SET is_primary=1, is_super_primary=1 WHERE _id IN (SELECT max(_id) FROM data "
        "WHERE " +
        phones + " GROUP BY raw_contact_id HAVING raw_contact_id%2=0)");
    round_trip("contacts");
    EXPECT_GT(count("SELECT count(*) FROM data WHERE is_super_primary=1"), 10);
}

TEST_F(ContactsRestore, WhoWasInNoGroupIsInNoneAgain) {
    start(some);
    sql("DELETE FROM data WHERE mimetype='vnd.android.cursor.item/group_membership' AND "
        "raw_contact_id%4=0");
    WatchedSink sink;
    const Collection before = save("contacts", sink);
    data([](PersonalData& data) { data.lose_contacts(30, 1); });
    const auto outcome = restore("contacts", sink.tree);
    EXPECT_TRUE(outcome.failed.empty()) << reasons(outcome);
    EXPECT_GE(outcome.compared_equal, 30u);
    EXPECT_EQ(marks(), 0);
    expect_same(before, read("contacts"));
}

TEST_F(ContactsRestore, WhereThePhonePutsNewContactsIsSaid) {
    start({.contacts = 1});
    wipe();
    data([](PersonalData& data) {
        const int64_t phone = data.contacts().account_of({});
        for (const char* name : {"Robin Field", "Kim Hill", "Sam Moor"})
            add_contact(data, phone, name, "+44 5", false);
    });
    WatchedSink sink;
    save("contacts", sink);
    wipe();
    data([](PersonalData& data) {
        auto& contacts = data.contacts();
        const int64_t account = contacts.account_of({"ada@example.com", "org.example"});
        contacts.sql().insert("default_account", {{"account_id", account}});
        contacts.sql().insert(
            "groups", {{"account_id", account}, {"title", "All"}, {"auto_add", int64_t{1}}});
    });
    const auto first = restore("contacts", sink.tree);
    EXPECT_EQ(first.compared_equal, 3u) << reasons(first);
    ASSERT_EQ(first.cannot_come_back.size(), 1u) << reasons(first);
    EXPECT_NE(first.cannot_come_back.front().find("into the account ada@example.com"),
              std::string::npos);
    EXPECT_EQ(marks(), 0);
    // The account shows them only because they are in its group.
    EXPECT_EQ(count("SELECT count(*) FROM data WHERE "
                    "mimetype='vnd.android.cursor.item/group_membership'"),
              3);
    const auto again = restore("contacts", sink.tree);
    EXPECT_EQ(again.already_there, 3u) << reasons(again);
    EXPECT_EQ(again.written, 0u);
}

TEST_F(ContactsRestore, CutAnywhereNothingIsLostChangedOrDoubled) {
    start(some);
    forget_account("com.google");
    WatchedSink sink;
    const Collection before = save("contacts", sink);
    const auto wanted = pictures(sink);
    size_t cuts = 0;
    for (const uint64_t bytes : {900u, 9'000u, 15'000u, 24'000u, 36'000u}) {
        cuts += cut_and_again("contacts", sink.tree, bytes) ? 1 : 0;
        expect_same(before, read("contacts"));
        EXPECT_EQ(marks(), 0) << bytes;
        EXPECT_EQ(pictures_there(), wanted) << bytes;
    }
    EXPECT_GT(cuts, 2u);
}

}  // namespace
}  // namespace lifeboat::phone::android
