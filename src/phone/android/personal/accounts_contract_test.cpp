#include "personal/account.h"
#include "phone/android/personal/accounts_source.h"
#include "phone/android/personal/personal_world_test.h"
#include "phone/android/personal/phone_accounts.h"

namespace lifeboat::phone::android {
namespace {

class AccountsContract : public PersonalContract {
protected:
    personal::Collection back_up(WatchedSink& sink) {
        return AccountsSource(link()).read({&sink, nullptr}, events_, {});
    }
    personal::RestoreOutcome put_back(const FileTree& snapshot) {
        return AccountsSource(link()).restore(snapshot, false, events_, {});
    }
    void set(std::vector<sim::Account> accounts) {
        phone_->device().state().with(
            [&](sim::DeviceState& s) { s.accounts = std::move(accounts); });
    }
};

TEST_F(AccountsContract, NamesAndAppsAreSavedAndNothingElse) {
    start();
    set({{"ada@example.com", "com.google"}, {"a, type=com.example}", "com.whatsapp"}});
    WatchedSink sink;
    const auto collection = back_up(sink);
    EXPECT_EQ(collection.reading, personal::Reading::complete);
    EXPECT_EQ(collection.weight, personal::Weight::noted);
    EXPECT_EQ(personal::decode_accounts(sink.content("personal/accounts/accounts.jsonl")),
              (std::vector<personal::Account>{{"com.google", "ada@example.com"},
                                              {"com.whatsapp", "a, type=com.example}"}}));
    ASSERT_EQ(collection.records.size(), 2u);
    EXPECT_EQ(collection.records[0].label, "ada@example.com (com.google)");
}

TEST_F(AccountsContract, WhoIsSignedOutIsNamed) {
    start();
    set({{"ada@example.com", "com.google"}, {"WhatsApp", "com.whatsapp"}});
    WatchedSink sink;
    const auto before = back_up(sink);
    set({{"ada@example.com", "com.example"}, {"WhatsApp", "com.whatsapp"}});
    const auto change = personal::compare(before, AccountsSource(link()).read({}, events_, {}));
    EXPECT_FALSE(change.lost_something());
    ASSERT_EQ(change.lost.size(), 1u);
    EXPECT_EQ(change.lost[0].label, "ada@example.com (com.google)");
    const auto outcome = put_back(sink.tree);
    EXPECT_EQ(outcome.wanted, 2u);
    EXPECT_EQ(outcome.already_there, 1u);
    EXPECT_EQ(outcome.written, 0u);
    ASSERT_EQ(outcome.cannot_come_back.size(), 1u);
    EXPECT_NE(outcome.cannot_come_back[0].find("ada@example.com (com.google)"), std::string::npos);
}

TEST_F(AccountsContract, APhoneWithoutAccountsHasNone) {
    start();
    set({});
    WatchedSink sink;
    const auto collection = back_up(sink);
    EXPECT_EQ(collection.reading, personal::Reading::complete);
    EXPECT_TRUE(collection.records.empty());
    EXPECT_FALSE(sink.tree.find(ItemPath("personal/accounts/accounts.jsonl")));
    EXPECT_EQ(put_back(sink.tree).wanted, 0u);
}

// A line end in a name makes lines that cannot be told from others: nobody guesses then.
TEST_F(AccountsContract, WhatThePhoneDoesNotTellClearlyIsRefused) {
    start();
    set({{"ada\n    Account {name=eve, type=x}", "com.google"}});
    WatchedSink sink;
    const auto collection = back_up(sink);
    EXPECT_EQ(collection.reading, personal::Reading::refused);
    EXPECT_FALSE(collection.why.empty());
    Shell shell(*transport_, link().serial);
    EXPECT_THROW(read_accounts(shell, {}), Denied);
}

}  // namespace
}  // namespace lifeboat::phone::android
