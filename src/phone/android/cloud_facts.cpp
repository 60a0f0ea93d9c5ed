#include "base/text.h"
#include "phone/android/accounts.h"
#include "phone/android/fact_reader.h"
#include "phone/android/google_backup.h"
#include "phone/android/sync_state.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace lifeboat::phone::android {
namespace {

constexpr const char* account_list = "dumpsys account";
constexpr const char* sync_table = "date +%s; dumpsys content";
constexpr const char* backup_enabled = "bmgr enabled";
constexpr const char* backup_transports = "bmgr list transports";
constexpr const char* backup_service = "dumpsys backup";

std::optional<std::string> instant_text(const TimePoint& time) {
    return to_rfc3339(time);
}

void read_accounts(FactReader& reader) {
    const auto answer = reader.ask(account_list);
    const auto parsed = parse_accounts(answer.text);
    using Accounts = std::vector<Account>;
    reader.add_parsed<Accounts>(answer, "accounts.count", parsed,
                                [](const Accounts& all) { return std::to_string(all.size()); });
    reader.add_parsed<Accounts>(answer, "accounts.types", parsed, [](const Accounts& all) {
        std::set<std::string> types;
        for (const Account& account : all) types.insert(account.type);
        return fmt::format("{}", fmt::join(types, ","));
    });
}

// The phone's seconds and its wall clock, told together: what the dates in the table mean.
struct TimedText {
    std::optional<int64_t> now{};
    std::string_view text{};
};

TimedText behind_first_line(std::string_view answer) {
    const size_t end = answer.find('\n');
    if (end == std::string_view::npos) return {};
    return {.now = parse_i64(trim(answer.substr(0, end))), .text = answer.substr(end + 1)};
}

// The account's name is not kept in the evidence; its mark tells two accounts apart.
void add_authority(FactReader& reader, const Answered& answer, const SyncAuthority& one) {
    const std::string subject = fmt::format("{}@{}:{}", one.authority, one.account_type,
                                            account_mark(one.account, one.account_type));
    // The text as a whole is the evidence of sync.master; these are its cells.
    const Answered cell{.method = answer.method};
    reader.add(cell, "sync.state", std::string(state_word(one)), {}, subject);
    const auto at = one.succeeded_at;
    reader.add(cell, "sync.succeeded_at", at ? std::optional(to_rfc3339(*at)) : std::nullopt,
               one.ever_succeeded ? "the phone's time zone is not known" : "it never did", subject);
}

void read_sync(FactReader& reader) {
    const auto answer = reader.ask(sync_table);
    const TimedText timed = behind_first_line(answer.text);
    const SyncState state = parse_sync_state(timed.text, timed.now);
    reader.add_parsed<bool>(answer, "sync.master", state.master, yes_no);
    reader.add_parsed<uint64_t>(answer, "sync.pending", state.pending,
                                [](uint64_t count) { return std::to_string(count); });
    using Authorities = std::vector<SyncAuthority>;
    reader.add_parsed<Authorities>(
        answer, "sync.authorities", state.authorities, [](const Authorities& all) {
            return std::to_string(std::count_if(all.begin(), all.end(),
                                                [](const auto& one) { return one.syncable; }));
        });
    if (!state.authorities.value) return;
    for (const SyncAuthority& one : *state.authorities.value) {
        if (one.syncable) add_authority(reader, answer, one);
    }
}

void read_google_backup(FactReader& reader) {
    const auto enabled = reader.ask(backup_enabled);
    reader.add_parsed<bool>(enabled, "google_backup.enabled",
                            parse_backup_enabled(enabled.text, enabled.errors), yes_no);
    const auto transports = reader.ask(backup_transports);
    reader.add_parsed<std::string>(transports, "google_backup.transport",
                                   parse_backup_transport(transports.text),
                                   [](const std::string& name) { return name; });
    const auto answer = reader.ask(backup_service);
    const BackupService service = parse_backup_service(answer.text);
    reader.add_parsed<bool>(answer, "google_backup.account", service.has_account, yes_no);
    reader.add_parsed<TimePoint>(answer, "google_backup.last_pass_at", service.last_pass,
                                 instant_text);
    reader.add_parsed<uint64_t>(answer, "google_backup.apps", service.apps_ever,
                                [](uint64_t count) { return std::to_string(count); });
    reader.add_parsed<TimePoint>(answer, "google_backup.newest_app_at", service.newest_full,
                                 instant_text);
}

}  // namespace

std::vector<std::string> cloud_commands() {
    return {account_list, sync_table, backup_enabled, backup_transports, backup_service};
}

void read_cloud_facts(FactReader& reader) {
    read_accounts(reader);
    read_sync(reader);
    read_google_backup(reader);
}

}  // namespace lifeboat::phone::android
