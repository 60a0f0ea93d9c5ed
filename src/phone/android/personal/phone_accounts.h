// The accounts a phone is signed in to.
#pragma once

#include "phone/android/shell.h"

#include <set>
#include <string>
#include <utility>

namespace lifeboat::phone::android {

using PhoneAccounts = std::set<std::pair<std::string, std::string>>;  // type, name

// Those of the phone's first user. Throws Denied when the phone does not tell all of them.
PhoneAccounts read_accounts(Shell& shell, const std::stop_token& stop);

}  // namespace lifeboat::phone::android
