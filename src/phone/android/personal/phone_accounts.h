// The accounts a phone is signed in to.
#pragma once

#include "phone/android/shell.h"

#include <set>
#include <string>
#include <utility>

namespace lifeboat::phone::android {

using PhoneAccounts = std::set<std::pair<std::string, std::string>>;  // type, name

// Out of `dumpsys account`: lines "Account {name=..., type=...}". A name may hold ", type=".
PhoneAccounts parse_accounts(std::string_view text);
PhoneAccounts read_accounts(Shell& shell, const std::stop_token& stop);

}  // namespace lifeboat::phone::android
