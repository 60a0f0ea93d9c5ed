#include "phone/android/personal/accounts_source.h"

#include "base/error.h"
#include "personal/account.h"
#include "phone/android/personal/phone_accounts.h"

#include <fmt/format.h>

namespace lifeboat::phone::android {
namespace {

constexpr std::string_view kind = "accounts";
constexpr uint64_t longest = 1 << 20;

ItemPath lines_path() {
    return personal::folder_of(kind).child("accounts.jsonl");
}

std::vector<personal::Account> load_accounts(const FileTree& snapshot) {
    if (!snapshot.find(lines_path())) return {};
    const Bytes text = read_all(*snapshot.open(lines_path()), longest);
    return personal::decode_accounts(as_text(text));
}

}  // namespace

personal::Collection AccountsSource::read(const PersonalTarget& target, EventSink&,
                                          const std::stop_token& stop) {
    personal::Collection collection{.id = std::string(id()), .weight = personal::Weight::noted};
    std::vector<personal::Account> accounts;
    try {
        Shell shell(link_.server, link_.serial);
        for (const auto& [type, name] : read_accounts(shell, stop))
            accounts.push_back({.type = type, .name = name});
    } catch (const Denied& denied) {
        collection.reading = personal::Reading::refused;
        collection.why = denied.full_text();
        return collection;
    }
    for (const personal::Account& one : accounts) collection.records.push_back(record_of(one));
    if (!accounts.empty()) put_file(target, lines_path(), personal::encode_accounts(accounts));
    return collection;
}

personal::RestoreOutcome AccountsSource::restore(const FileTree& snapshot, bool, EventSink&,
                                                 const std::stop_token& stop) {
    personal::RestoreOutcome outcome{.id = std::string(id())};
    const auto wanted = load_accounts(snapshot);
    outcome.wanted = wanted.size();
    if (wanted.empty()) return outcome;
    Shell shell(link_.server, link_.serial);
    const auto now = read_accounts(shell, stop);
    for (const personal::Account& one : wanted) {
        if (now.contains({one.type, one.name})) {
            ++outcome.already_there;
            continue;
        }
        outcome.cannot_come_back.push_back(
            fmt::format("Sign in again on the phone: {}. No program can do that for you.",
                        record_of(one).label));
    }
    return outcome;
}

}  // namespace lifeboat::phone::android
