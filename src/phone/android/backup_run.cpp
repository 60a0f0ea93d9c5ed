#include "phone/android/backup_run.h"

#include "base/text.h"

#include <set>
#include <string>

namespace lifeboat::phone::android {
namespace {

constexpr size_t most_packages = 20'000;

BackupResult result_of(std::string_view told) {
    if (told == "Success") return BackupResult::asked;
    if (told == "Size quota exceeded") return BackupResult::over_quota;
    if (told == "Backup is not allowed") return BackupResult::not_allowed;
    if (told == "Package not found") return BackupResult::not_found;
    if (told.starts_with("Transport rejected package")) return BackupResult::rejected;
    return BackupResult::failed;
}

// "=> Event{BACKUP_MANAGER_POLICY / NO_DATA_TO_SEND : package = com.example(v1), ...}": the
// package; nothing for other events.
std::string_view stored_nothing(std::string_view line) {
    constexpr std::string_view key = "package = ";
    if (!line.starts_with("=> Event{") || line.find("NO_DATA_TO_SEND") == std::string_view::npos)
        return {};
    const size_t at = line.find(key);
    if (at == std::string_view::npos) return {};
    const auto rest = line.substr(at + key.size());
    return rest.substr(0, rest.find_first_of("(,}"));
}

}  // namespace

Parsed<CloudBackupReport> parse_backup_run(std::string_view output) {
    using Answer = Parsed<CloudBackupReport>;
    constexpr std::string_view package = "Package ";
    constexpr std::string_view result = " with result: ";
    constexpr std::string_view finished = "Backup finished with result: ";
    CloudBackupReport report;
    std::set<std::string, std::less<>> nothing;
    bool ended = false;
    for (const auto raw : lines(output)) {
        const auto line = trim(raw);
        if (const auto name = stored_nothing(line); !name.empty()) nothing.emplace(name);
        if (line.starts_with(finished)) {
            report.finished = line.substr(finished.size());
            ended = true;
        }
        const size_t at = line.find(result);
        if (!line.starts_with(package) || at == std::string_view::npos) continue;
        if (report.packages.size() >= most_packages) return Answer::unknown(unknown_form);
        const auto told = line.substr(at + result.size());
        report.packages.push_back(
            {.package = std::string(line.substr(package.size(), at - package.size())),
             .result = result_of(told),
             .told = std::string(told)});
    }
    if (!ended) {
        return Answer::unknown(report.packages.empty()
                                   ? unknown_form
                                   : "the phone broke off before the backup was finished");
    }
    for (PackageBackup& one : report.packages) {
        if (one.result == BackupResult::asked && nothing.contains(one.package))
            one.result = BackupResult::stored_nothing;
    }
    return Answer::known(std::move(report));
}

}  // namespace lifeboat::phone::android
