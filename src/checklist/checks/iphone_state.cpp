// What an iPhone says about itself before an update: whether its backups hold everything, whether
// it is activated, and what iCloud and Find My are set to.
#include "checklist/checks/checks.h"
#include "checklist/inquiry.h"

namespace lifeboat::checklist {
namespace {

// A question with yes or no, and a code for each.
struct YesNo {
    std::string_view fact;
    const char* yes;
    const char* no;
    Gate gate;
};

Finding judge_yes_no(const YesNo& question, const EvidenceBook& book,
                     const Circumstances& circumstances) {
    Inquiry look(book, circumstances, question.yes);
    const auto answer = look.yes_no(question.fact, limits::phone_content_age);
    if (!answer) return look.unknown();
    return *answer ? look.pass() : look.fail(question.no, question.gate);
}

Check yes_no_check(std::string id, std::string title, const YesNo& question) {
    const std::string row = id.substr(0, 5);
    return {.id = std::move(id),
            .title = std::move(title),
            .requirement = row,
            .gate = question.gate,
            .platform = Platform::ios,
            .codes = {question.yes, question.no},
            .judge = [question](const EvidenceBook& book, const Circumstances& circumstances) {
                return judge_yes_no(question, book, circumstances);
            }};
}

// Before the update: afterwards the phone may ask for the account it belongs to.
Finding judge_activation(const EvidenceBook& book, const Circumstances& circumstances) {
    Inquiry look(book, circumstances, "activation.done");
    const auto state = look.text(facts::activation_state, limits::phone_content_age);
    if (!state) return look.unknown();
    if (*state == "Activated") return look.pass();
    return look.param("state", *state).fail("activation.missing");
}

// No iPhone tells its network; one that is backed up over Wi-Fi is seen to have it.
Finding judge_wifi(const EvidenceBook& book, const Circumstances& circumstances) {
    Inquiry look(book, circumstances, "wifi.iphone");
    const auto connected = look.yes_no(facts::wifi_connected, limits::phone_state_age);
    if (!connected) return look.unknown();
    return *connected ? look.pass() : look.fail();
}

// "Back Up Now" ends with a new date: it is read anew in each run.
Finding judge_icloud_backup_date(const EvidenceBook& book, const Circumstances& circumstances) {
    Inquiry look(book, circumstances, "icloud_backup.today");
    const auto enabled = look.yes_no(facts::icloud_backup_enabled, limits::phone_content_age);
    if (enabled && !*enabled) return look.not_applicable("icloud_backup.not_used");
    const auto last = look.instant(facts::icloud_backup_finished_at, limits::phone_content_age);
    if (!enabled || !last) return look.unknown();
    const nanoseconds age = look.circumstances().now - *last;
    if (age > limits::icloud_backup_age) {
        const auto hours = std::chrono::duration_cast<std::chrono::hours>(age).count();
        return look.param("hours", static_cast<uint64_t>(hours)).fail("icloud_backup.old");
    }
    return look.param("last_at", to_rfc3339(*last)).pass();
}

// Apple tells no program how full iCloud is.
Finding judge_icloud_storage(const EvidenceBook& book, const Circumstances& circumstances) {
    Inquiry look(book, circumstances, "icloud_storage.told");
    const auto note = look.told(facts::told_icloud_storage, limits::told_age);
    return note ? look.param("note", *note).pass() : look.unknown("no_program");
}

}  // namespace

Check iphone_encryption() {
    return yes_no_check("R-111", "Backup encryption",
                        {.fact = facts::backup_encrypted,
                         .yes = "iphone_encryption.on",
                         .no = "iphone_encryption.off",
                         .gate = Gate::blocks});
}

Check icloud_backup() {
    return yes_no_check("R-106", "iCloud Backup",
                        {.fact = facts::icloud_backup_enabled,
                         .yes = "icloud_backup.on",
                         .no = "icloud_backup.off",
                         .gate = Gate::warns});
}

Check icloud_backup_date() {
    return {.id = "R-108",
            .title = "iCloud Backup of today",
            .requirement = "R-107 R-108",
            .gate = Gate::warns,
            .platform = Platform::ios,
            .codes = {"icloud_backup.today", "icloud_backup.old", "icloud_backup.not_used"},
            .judge = judge_icloud_backup_date};
}

Check icloud_storage() {
    return {.id = "R-109",
            .title = "iCloud storage",
            .requirement = "R-109",
            .gate = Gate::warns,
            .answerer = Answerer::person,
            .platform = Platform::ios,
            .told_fact = std::string(facts::told_icloud_storage),
            .codes = {"icloud_storage.told"},
            .judge = judge_icloud_storage};
}

Check find_my() {
    return yes_no_check("R-803.iphone", "Find My",
                        {.fact = facts::find_my_on,
                         .yes = "find_my.on",
                         .no = "find_my.off",
                         .gate = Gate::informs});
}

Check activation() {
    return {.id = "R-802.activation",
            .title = "Activation",
            .requirement = "R-802",
            .platform = Platform::ios,
            .codes = {"activation.done", "activation.missing"},
            .judge = judge_activation};
}

Check iphone_wifi() {
    return {.id = "R-104",
            .title = "Wi-Fi",
            .requirement = "R-104",
            .gate = Gate::warns,
            .platform = Platform::ios,
            .codes = {"wifi.iphone"},
            .judge = judge_wifi};
}

}  // namespace lifeboat::checklist
