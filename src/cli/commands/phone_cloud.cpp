// Asks a phone for a backup in its maker's cloud, and says what that is worth.
#include "base/text.h"
#include "cli/commands/commands.h"
#include "cli/commands/shared.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <array>

namespace lifeboat::cli {
namespace {

using phone::BackupResult;

std::string_view word_of(BackupResult result) {
    switch (result) {
        case BackupResult::asked:
            return "asked";
        case BackupResult::stored_nothing:
            return "stored_nothing";
        case BackupResult::rejected:
            return "rejected";
        case BackupResult::over_quota:
            return "over_quota";
        case BackupResult::not_allowed:
            return "not_allowed";
        case BackupResult::not_found:
            return "not_found";
        case BackupResult::failed:
            return "failed";
    }
    return "failed";
}

struct Kind {
    BackupResult result;
    Tone tone;
    std::string_view title;
};

constexpr std::array kinds{
    Kind{BackupResult::asked, Tone::plain, "Took part; what they stored nobody can see"},
    Kind{BackupResult::stored_nothing, Tone::warn, "Stored nothing"},
    Kind{BackupResult::rejected, Tone::bad, "Refused by Google's cloud"},
    Kind{BackupResult::over_quota, Tone::bad,
         "Too large for it (25 MB an app), refused for a week"},
    Kind{BackupResult::not_allowed, Tone::warn, "Allow no backup"},
    Kind{BackupResult::not_found, Tone::warn, "Not on the phone"},
    Kind{BackupResult::failed, Tone::bad, "Failed"},
};

void show_kind(Session& session, const phone::CloudBackupReport& report, const Kind& kind) {
    const uint64_t count = report.count(kind.result);
    if (count == 0) return;
    const Style& style = session.out.out();
    session.out.line(
        style.paint(kind.tone, fmt::format("  {}: {}", kind.title, human_count(count))));
    constexpr uint64_t listed = 10;
    const bool all = session.out.verbosity() > 0;
    if (kind.result == BackupResult::asked && !all) return;
    uint64_t shown = 0;
    for (const phone::PackageBackup& one : report.packages) {
        if (one.result != kind.result) continue;
        if (!all && shown == listed) {
            session.out.line(
                fmt::format("    and {} more; -v lists all", human_count(count - shown)));
            return;
        }
        const std::string told =
            one.result == BackupResult::failed ? ": " + printable(one.told) : "";
        session.out.line(fmt::format("    {}{}", printable(one.package), told));
        ++shown;
    }
}

void put_into(nlohmann::json& result, const phone::CloudBackupReport& report) {
    result["finished"] = valid_utf8(report.finished);
    result["packages"] = nlohmann::json::array();
    for (const phone::PackageBackup& one : report.packages) {
        result["packages"].push_back({{"package", valid_utf8(one.package)},
                                      {"result", word_of(one.result)},
                                      {"told", valid_utf8(one.told)}});
    }
}

}  // namespace

app::Exit phone_cloud_backup(Session& session) {
    const auto phone = connect_phone(session, session.invocation.argument("PHONE"));
    put_into(session.result, {});
    if (session.dry_run()) {
        session.out.line(would(session) + "the phone is asked to store its apps' data with Google");
        return app::Exit::done;
    }
    session.out.note("The phone stores its apps' data with Google; this may take some minutes.");
    const phone::CloudBackupReport report = phone->ask_cloud_backup(session.stop);
    put_into(session.result, report);
    session.out.line(fmt::format("Asked: {} apps", human_count(report.packages.size())));
    for (const Kind& kind : kinds) show_kind(session, report, kind);
    session.out.line(
        "No program can read back what is in Google's cloud: nothing of this counts as a copy.");
    const bool all_well =
        report.finished == "Success" && report.count(BackupResult::rejected) == 0 &&
        report.count(BackupResult::over_quota) == 0 && report.count(BackupResult::failed) == 0;
    return all_well ? app::Exit::done : app::Exit::partly;
}

}  // namespace lifeboat::cli
