// Where a person is signed in on a phone: names and apps only. No phone tells a password, and no
// program can sign in for anybody.
#pragma once

#include "personal/collection.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lifeboat::personal {

struct Account {
    std::string type{};  // the app it belongs to: "com.google"
    std::string name{};  // what the person calls it: "ada@example.com"; any text
    bool operator==(const Account&) const = default;
};

Record record_of(const Account& account);

// accounts.jsonl. The errors of decode_calls.
std::string encode_accounts(std::span<const Account> accounts);
std::vector<Account> decode_accounts(std::string_view text);

}  // namespace lifeboat::personal
