#include "phone/android/accounts.h"

#include "base/hex.h"
#include "base/text.h"
#include "crypto/sha256.h"

namespace lifeboat::phone::android {
namespace {

using Answer = Parsed<std::vector<Account>>;

constexpr uint64_t most_accounts = 1000;

// "Account {name=ada@example.com, type=com.google}". The name may hold anything, ", type=" too;
// the type, a package's own word, holds none.
std::optional<Account> read_account(std::string_view line) {
    constexpr std::string_view start = "Account {name=";
    constexpr std::string_view middle = ", type=";
    if (!line.starts_with(start) || !line.ends_with('}')) return std::nullopt;
    line = line.substr(start.size(), line.size() - start.size() - 1);
    const size_t at = line.rfind(middle);
    if (at == std::string_view::npos) return std::nullopt;
    const auto type = line.substr(at + middle.size());
    if (type.empty() || type.find_first_of(" {}") != std::string_view::npos) return std::nullopt;
    return Account{.name = std::string(line.substr(0, at)), .type = std::string(type)};
}

}  // namespace

// The block of a user begins with "User UserInfo{N:name:flags}:" and a number of accounts. What
// comes behind the accounts repeats names and types.
Parsed<std::vector<Account>> parse_accounts(std::string_view dumpsys_account) {
    constexpr std::string_view key = "Accounts: ";
    std::optional<uint64_t> count;
    std::vector<Account> found;
    bool in_owner = false;
    for (const auto raw : lines(dumpsys_account)) {
        const auto line = trim(raw);
        if (!count && line.starts_with("User UserInfo{"))
            in_owner = line.starts_with("User UserInfo{0:");
        if (!in_owner) continue;
        if (!count) {
            if (!line.starts_with(key)) continue;
            count = parse_u64(line.substr(key.size()));
            if (!count || *count > most_accounts) return Answer::unknown(unknown_form);
            continue;
        }
        if (found.size() == *count) break;
        auto account = read_account(line);
        if (!account) break;
        found.push_back(std::move(*account));
    }
    if (!count) return Answer::unknown(unknown_form);
    if (found.size() != *count)
        return Answer::unknown("the phone lists other accounts than it says it has");
    return Answer::known(std::move(found));
}

std::string account_mark(std::string_view name, std::string_view type) {
    std::string both(type);
    both += '\n';
    both += name;
    return to_hex(crypto::sha256(as_bytes(both))).substr(0, 8);
}

}  // namespace lifeboat::phone::android
