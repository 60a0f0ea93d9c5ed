#include "personal/account.h"

#include "base/error.h"

#include <gtest/gtest.h>

namespace lifeboat::personal {
namespace {

TEST(Account, WhatIsWrittenReads) {
    const std::vector<Account> all{{"com.google", "ada@example.com"},
                                   {"com.whatsapp", "a, type=com.google}"},
                                   {"org.example", "\xff\x01"},
                                   {"org.example", ""}};
    EXPECT_EQ(decode_accounts(encode_accounts(all)), all);
}

TEST(Account, ItsRecordNamesIt) {
    const Record one = record_of({"com.google", "ada@example.com"});
    EXPECT_EQ(one.label, "ada@example.com (com.google)");
    EXPECT_NE(one.identity, record_of({"com.google", "ada@example.org"}).identity);
    EXPECT_NE(one.identity, record_of({"com.whatsapp", "ada@example.com"}).identity);
    EXPECT_EQ(record_of({"x", "a\nb"}).label.find('\n'), std::string::npos);
}

TEST(Account, AForeignLineIsCorrupt) {
    const std::string good = encode_accounts({});
    const auto with = [&](const std::string& line) {
        return "{\"kind\":\"lifeboat/accounts\",\"version\":1,\"lines\":1}\n" + line + "\n";
    };
    EXPECT_TRUE(decode_accounts(good).empty());
    EXPECT_THROW(decode_accounts(with("{\"name\":\"ada\"}")), Corrupt);
    EXPECT_THROW(decode_accounts(with("{\"type\":[],\"name\":\"ada\"}")), Corrupt);
    EXPECT_THROW(decode_accounts(with("no json")), Corrupt);
}

}  // namespace
}  // namespace lifeboat::personal
