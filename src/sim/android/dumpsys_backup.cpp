// `dumpsys backup`: Android's backup service, as it stands with Google's transport or without.
#include "sim/android/dumpsys.h"

#include <fmt/format.h>

namespace lifeboat::sim {

namespace {

int64_t to_ms(TimePoint time) {
    return std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

constexpr uint32_t android_11 = 30;
constexpr uint32_t android_12 = 31;

}  // namespace

std::string local_transport(const Personality& who) {
    return who.os.sdk >= android_12 ? "com.android.localtransport/.LocalTransport"
                                    : "android/com.android.internal.backup.LocalTransport";
}

std::string dump_backup(const DeviceState& state, const Personality& who, TimePoint now) {
    const GoogleBackup& backup = state.cloud.backup;
    if (!backup.activated) return {};
    const int64_t ms = to_ms(now);
    // The words are one longer on phones before Android 10.
    std::string text = fmt::format(
        "Backup Manager is {} / {} / not pending init\nAuto-restore is enabled\n"
        "Last backup pass started: {} (now = {})\n  next scheduled: {}\nTransport {}:\n",
        backup.enabled ? "enabled" : "disabled",
        who.os.sdk >= 29 ? "setup complete" : "provisioned",
        backup.last_pass == TimePoint{} ? 0 : to_ms(backup.last_pass), ms, ms + 3600000,
        who.os.sdk > android_11 ? "allowlist" : "whitelist");
    text += fmt::format("    {}Service\nAvailable transports:\n", local_transport(who));
    text += fmt::format(
        "  {} {}\n       destination: Backing up to debug-only private cache\n"
        "       intent: null\n",
        who.has_google ? ' ' : '*', local_transport(who));
    if (who.has_google) {
        text += fmt::format(
            "  * com.google.android.gms/.backup.BackupTransportService\n"
            "       destination: {}\n"
            "       intent: Intent {{ cmp=com.google.android.gms/.backup.SetBackupAccountActivity "
            "}}\n       @pm@ - 3794 state bytes\n",
            backup.has_account ? "a*****@example.com" : "Need to set the backup account");
    }
    text += "Pending init: 0\nAncestral: 0\nCurrent:   39d0c0f2a1b7e6\n";
    text += fmt::format("Ever backed up: {}\n", state.packages.size());
    for (const Package& p : state.packages) text += fmt::format("    {}\n", p.name);
    text +=
        fmt::format("Pending key/value backup: 0\nFull backup queue:{}\n", state.packages.size());
    for (const Package& p : state.packages) {
        const auto found = backup.last_full.find(p.name);
        const TimePoint last = found == backup.last_full.end() ? backup.last_pass : found->second;
        text += fmt::format("    {} : {}\n", last == TimePoint{} ? 0 : to_ms(last), p.name);
    }
    return text;
}

}  // namespace lifeboat::sim
