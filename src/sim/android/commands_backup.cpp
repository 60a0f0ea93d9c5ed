// bmgr: asks Android's backup service, which answers "Success" more often than it has stored
// anything.
#include "sim/android/dumpsys.h"
#include "sim/android/shell.h"

#include <fmt/format.h>

#include <algorithm>

namespace lifeboat::sim {

namespace {

constexpr std::string_view google_transport =
    "com.google.android.gms/.backup.BackupTransportService";
constexpr std::string_view nothing_to_store = "NO_DATA";

int list_transports(Call& call) {
    const Personality& who = call.device.who();
    call.out.line(fmt::format("  {} {}", who.has_google ? ' ' : '*', local_transport(who)));
    if (!who.has_google) return 0;
    call.out.line("    com.google.android.gms/.backup.migrate.service.D2dTransport");
    call.out.line(fmt::format("  * {}", google_transport));
    return 0;
}

void event(Call& call, std::string_view kind, const std::string& package, std::string_view more) {
    call.out.line(fmt::format("=> Event{{{} : package = {}(v1){}}}", kind, package, more));
}

// What one package is told to be. Android takes its result from the step before: one that stored
// nothing is a success.
void back_up(Call& call, const std::string& package, const std::string& result, bool events) {
    if (result == nothing_to_store) {
        if (events) {
            event(call, "BACKUP_MANAGER_POLICY / NO_DATA_TO_SEND", package,
                  ", other keys = android.app.backup.extra.LOG_OLD_VERSION");
        }
        return call.out.line(fmt::format("Package {} with result: Success", package));
    }
    if (result == "Success") {
        call.out.line(fmt::format("Package {} with progress: 512/2048", package));
        call.out.line(fmt::format("Package {} with progress: 2560/2048", package));
    } else if (events) {
        event(call, "BACKUP_MANAGER_POLICY / ERROR_PREFLIGHT", package, "");
    }
    call.out.line(fmt::format("Package {} with result: {}", package, result));
}

int backup_now(Call& call, std::span<const std::string> words) {
    const bool events = std::ranges::find(words, "--monitor-verbose") != words.end();
    const bool whole = std::ranges::find(words, "--non-incremental") != words.end();
    const DeviceState state = call.device.snapshot();
    const GoogleBackup& backup = state.cloud.backup;
    std::vector<std::string> packages;
    const bool all = std::ranges::find(words, "--all") != words.end();
    if (all) {
        for (const Package& p : state.packages) packages.push_back(p.name);
    }
    for (const std::string& word : words) {
        if (!word.starts_with("--")) packages.push_back(word);
    }
    if (packages.empty()) {
        call.err.line("Provide '--all' flag or list of packages");
        return 0;
    }
    call.out.line(fmt::format("Running {}incremental backup for {} requested packages.",
                              whole ? "non-" : "", packages.size()));
    const bool possible = backup.enabled && backup.has_account;
    if (!possible) {
        call.out.line(fmt::format("Backup finished with result: {}",
                                  backup.enabled ? "Transport error" : "Backup is not allowed"));
        return 0;
    }
    back_up(call, "@pm@", "Success", events);
    for (const std::string& package : packages) {
        const auto set = backup.results.find(package);
        const bool is_there =
            std::ranges::find(state.packages, package, &Package::name) != state.packages.end();
        const std::string usual = is_there ? "Success" : "Package not found";
        back_up(call, package, set == backup.results.end() ? usual : set->second, events);
    }
    call.out.line("Backup finished with result: Success");
    const TimePoint now = call.device.clock().now();
    call.device.state().with([&](DeviceState& s) {
        s.cloud.backup.asked += 1;
        s.cloud.backup.last_pass = now;
        for (const std::string& package : packages) {
            if (!backup.results.contains(package)) s.cloud.backup.last_full[package] = now;
        }
    });
    return 0;
}

// `enable`, `init` and `transport` lose a person's backups in the cloud: whoever sends them to a
// phone of a test has a bug, and the phone remembers it.
int change_settings(Call& call, const std::string& word) {
    call.device.state().with([&](DeviceState& s) {
        s.cloud.backup.enabled = false;
        s.cloud.backup.results.clear();
    });
    call.out.line("Backup Manager now disabled by " + word);
    return 0;
}

int bmgr(Call& call) {
    const auto words = call.arguments();
    const GoogleBackup backup = call.device.snapshot().cloud.backup;
    if (!backup.activated) {
        call.err.line(
            "Error: Could not access the Backup Manager: Backup Manager is not activated for user "
            "0");
        return 1;
    }
    const std::string word = words.empty() ? "" : words[0];
    if (word == "enabled") {
        call.out.line(
            fmt::format("Backup Manager currently {}", backup.enabled ? "enabled" : "disabled"));
        return 0;
    }
    if (word == "list" && words.size() > 1 && words[1] == "transports")
        return list_transports(call);
    if (word == "backupnow") return backup_now(call, words.subspan(1));
    if (word == "enable" || word == "init" || word == "transport")
        return change_settings(call, word);
    call.err.line("Unknown command");
    return 0;
}

}  // namespace

const CommandTable& backup_commands() {
    static const CommandTable table{{"bmgr", bmgr}};
    return table;
}

}  // namespace lifeboat::sim
