#include "phone/android/personal/phone_accounts.h"

#include "base/error.h"
#include "phone/android/accounts.h"

#include <fmt/format.h>

namespace lifeboat::phone::android {

PhoneAccounts read_accounts(Shell& shell, const std::stop_token& stop) {
    const auto parsed = parse_accounts(shell.run({.text = "dumpsys account"}, stop).output);
    if (!parsed.value) {
        throw Denied(fmt::format("the phone does not tell which accounts it is signed in to: {}",
                                 parsed.why_unknown),
                     "Unlock the phone and run this again.");
    }
    PhoneAccounts accounts;
    for (const Account& one : *parsed.value) accounts.emplace(one.type, one.name);
    return accounts;
}

}  // namespace lifeboat::phone::android
