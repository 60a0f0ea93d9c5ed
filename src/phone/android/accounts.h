// `dumpsys account` as values: with whom the phone's owner is signed in. Names and types only; no
// phone tells a password.
#pragma once

#include "phone/android/parsed.h"

#include <string>
#include <string_view>
#include <vector>

namespace lifeboat::phone::android {

struct Account {
    std::string name{};  // what the person calls it: "ada@example.com"
    std::string type{};  // the app it belongs to: "com.google"
    bool operator==(const Account&) const = default;
};

// Those of user 0, in the phone's order. Unknown when the phone lists fewer or more than it says
// it has: a locked phone hides some.
Parsed<std::vector<Account>> parse_accounts(std::string_view dumpsys_account);

// Eight hex digits that stand for an account where its name is nobody's business.
std::string account_mark(std::string_view name, std::string_view type);

}  // namespace lifeboat::phone::android
