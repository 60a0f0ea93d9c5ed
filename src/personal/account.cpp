#include "personal/account.h"

#include "personal/fields.h"
#include "personal/json_lines.h"

#include <fmt/format.h>

namespace lifeboat::personal {

namespace {

constexpr std::string_view kind = "accounts";
constexpr unsigned version = 1;

}  // namespace

// There is nothing in an account that could change: another name is another account.
Record record_of(const Account& account) {
    FieldDigest digest;
    digest.add("type", account.type);
    digest.add("name", account.name);
    return {.identity = fmt::format("{}|{}", account.type, account.name),
            .digest = digest.hex(),
            .label = fmt::format("{} ({})", label_text(account.name), label_text(account.type))};
}

std::string encode_accounts(std::span<const Account> accounts) {
    std::vector<std::string> lines;
    for (const Account& account : accounts) {
        lines.push_back(json_line(fields_json({{"name", account.name}, {"type", account.type}})));
    }
    return write_lines(kind, version, lines);
}

std::vector<Account> decode_accounts(std::string_view text) {
    std::vector<Account> accounts;
    each_json_line(text, kind, version, [&](const nlohmann::json& line) {
        const Fields fields = fields_of(line);
        accounts.push_back({.type = text_of(fields, "type"), .name = text_of(fields, "name")});
        if (accounts.back().type.empty()) throw Corrupt("an account belongs to no app");
    });
    return accounts;
}

}  // namespace lifeboat::personal
