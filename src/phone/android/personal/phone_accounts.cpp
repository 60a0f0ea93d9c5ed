#include "phone/android/personal/phone_accounts.h"

#include "base/text.h"

namespace lifeboat::phone::android {

PhoneAccounts parse_accounts(std::string_view text) {
    constexpr std::string_view begin = "Account {name=";
    constexpr std::string_view middle = ", type=";
    PhoneAccounts accounts;
    for (std::string_view line : lines(text)) {
        line = trim(line);
        if (!line.starts_with(begin) || !line.ends_with('}')) continue;
        line.remove_prefix(begin.size());
        line.remove_suffix(1);
        const size_t at = line.rfind(middle);
        if (at == std::string_view::npos) continue;
        accounts.emplace(line.substr(at + middle.size()), line.substr(0, at));
    }
    return accounts;
}

PhoneAccounts read_accounts(Shell& shell, const std::stop_token& stop) {
    return parse_accounts(shell.run({.text = "dumpsys account"}, stop).output);
}

}  // namespace lifeboat::phone::android
