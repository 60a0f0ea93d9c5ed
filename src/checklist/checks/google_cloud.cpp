// Google's own copies of an Android phone: its backup, which runs where nobody sees, and Google
// Photos, which no program may ask.
#include "checklist/checks/checks.h"
#include "checklist/inquiry.h"

namespace lifeboat::checklist {
namespace {

Finding judge_backup(const EvidenceBook& book, const Circumstances& circumstances) {
    Inquiry look(book, circumstances, "google_backup.on");
    const auto enabled = look.yes_no(facts::google_backup_enabled, limits::phone_content_age);
    if (enabled && !*enabled) return look.fail("google_backup.off");
    const auto transport = look.text(facts::google_backup_transport, limits::phone_content_age);
    if (transport && *transport != "google") return look.fail("google_backup.elsewhere");
    const auto account = look.yes_no(facts::google_backup_account, limits::phone_content_age);
    if (account && !*account) return look.fail("google_backup.no_account");
    const auto last = look.instant(facts::google_backup_last_pass_at, limits::phone_content_age);
    if (!enabled || !transport || !account || !last) return look.unknown();
    const nanoseconds age = look.circumstances().now - *last;
    if (age > limits::google_backup_age) {
        const auto hours = std::chrono::duration_cast<std::chrono::hours>(age).count();
        return look.param("hours", static_cast<uint64_t>(hours)).fail("google_backup.old");
    }
    return look.param("last_at", to_rfc3339(*last)).pass();
}

// Only a person can look; what they say is theirs, and the copies of the photos count by
// themselves.
Finding judge_photos(const EvidenceBook& book, const Circumstances& circumstances) {
    Inquiry look(book, circumstances, "google_photos.told");
    const auto installed = look.yes_no(facts::packages_google_photos, limits::phone_content_age);
    if (!installed) return look.unknown();
    if (!*installed) return look.not_applicable("google_photos.absent");
    const auto note = look.told(facts::told_google_photos, limits::told_age);
    return note ? look.param("note", *note).pass() : look.unknown("no_program");
}

}  // namespace

Check google_backup() {
    return {.id = "R-202",
            .title = "Google Backup",
            .requirement = "R-202",
            .gate = Gate::warns,
            .platform = Platform::android,
            .codes = {"google_backup.on", "google_backup.off", "google_backup.elsewhere",
                      "google_backup.no_account", "google_backup.old"},
            .judge = judge_backup};
}

Check google_photos() {
    return {.id = "R-204",
            .title = "Google Photos",
            .requirement = "R-204",
            .gate = Gate::warns,
            .answerer = Answerer::person,
            .platform = Platform::android,
            .told_fact = std::string(facts::told_google_photos),
            .codes = {"google_photos.told", "google_photos.absent"},
            .judge = judge_photos};
}

}  // namespace lifeboat::checklist
