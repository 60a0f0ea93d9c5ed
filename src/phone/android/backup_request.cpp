#include "phone/android/backup_request.h"

#include "base/text.h"
#include "phone/android/backup_run.h"
#include "phone/android/google_backup.h"
#include "phone/android/shell.h"
#include "phone/phone.h"

namespace lifeboat::phone::android {
namespace {

constexpr const char* where_it_is = "On the phone: Settings, Google, Backup. Nothing was asked.";
// One app may send for long without a line; the phone itself gives up on it earlier.
constexpr std::chrono::minutes longest_silence{20};

// A phone that would not store with Google now is not asked: its "Success" would mislead.
void make_sure_it_goes_to_google(Shell& shell, const std::stop_token& stop) {
    const auto told = shell.run({.text = "bmgr enabled"}, stop);
    const auto enabled = parse_backup_enabled(told.output, told.errors);
    if (!enabled.value)
        throw Denied("the phone does not tell whether its backup is on", where_it_is);
    if (!*enabled.value) throw Denied("Google Backup is off on this phone", where_it_is);
    const auto listed = shell.run({.text = "bmgr list transports"}, stop);
    const auto transport = parse_backup_transport(listed.output);
    if (transport.value != "google")
        throw Denied("this phone's own backup does not go to Google", where_it_is);
    const auto service = shell.run({.text = "dumpsys backup"}, stop);
    if (parse_backup_service(service.output).has_account.value == false)
        throw Denied("Google Backup has no account to store in", where_it_is);
}

}  // namespace

CloudBackupReport request_backup(const PhoneLink& link, const std::stop_token& stop) {
    Shell shell(link.server, link.serial);
    make_sure_it_goes_to_google(shell, stop);
    const auto answer = shell.run(
        {.text = "bmgr backupnow --all --monitor-verbose", .silence = longest_silence}, stop);
    auto report = parse_backup_run(answer.output);
    if (!report.value) {
        throw Garbled(report.why_unknown,
                      "What the phone stored is not known. Look on the phone: Settings, Google, "
                      "Backup. Copies here are untouched.");
    }
    if (report.value->packages.empty()) {
        throw Denied("the phone did not begin: " + printable(report.value->finished), where_it_is);
    }
    return std::move(*report.value);
}

}  // namespace lifeboat::phone::android
