// What an iPhone's stored backup says when it is opened: a phone that says "finished" has compared
// names only.
#include "base/text.h"
#include "checklist/checks/checks.h"
#include "checklist/inquiry.h"

#include <algorithm>

namespace lifeboat::checklist {
namespace {

Finding judge_rehearsal(const EvidenceBook& book, const Circumstances& circumstances) {
    Inquiry look(book, circumstances, "rehearsal.opened");
    const auto age = limits::phone_content_age;
    const auto opened = look.yes_no(facts::rehearsal_opened, age);
    if (!opened) return look.unknown();
    if (!*opened) {
        const auto earlier = look.peek(facts::rehearsal_opens_earlier);
        if (!earlier) return look.fail("rehearsal.wrong_password");
        return look.param("date", *earlier).fail("rehearsal.new_password");
    }
    const auto files = look.number(facts::rehearsal_files, age);
    const auto checked = look.number(facts::rehearsal_files_checked, age);
    const auto databases = look.number(facts::rehearsal_databases, age);
    if (!files || !checked || !databases) return look.unknown();
    if ((*checked == 0) != (*files == 0) || *checked > *files) return look.unknown("contradiction");
    return look.param("files", *files)
        .param("checked", *checked)
        .param("databases", *databases)
        .pass();
}

// What is only in the cloud is in no backup of the phone.
Finding judge_originals(const EvidenceBook& book, const Circumstances& circumstances) {
    Inquiry look(book, circumstances, "originals.here");
    const auto count =
        look.number(facts::inventory_count, limits::phone_content_age, "photos_only_in_cloud");
    if (!count) return look.unknown();
    if (*count == 0) return look.pass();
    look.param("count", *count);
    if (const auto reason = look.told(facts::waiver_cloud_only)) {
        return look.param("reason", *reason).pass("originals.accepted");
    }
    return look.fail("originals.only_in_cloud");
}

// Whoever counts on iCloud as a further copy counts on photos that it does not have.
Finding judge_uploaded(const EvidenceBook& book, const Circumstances& circumstances) {
    Inquiry look(book, circumstances, "uploaded.all");
    const auto in_use = look.yes_no(facts::icloud_photos_on, limits::phone_content_age);
    if (!in_use) return look.unknown();
    if (!*in_use) return look.not_applicable("uploaded.not_used");
    const auto count =
        look.number(facts::inventory_count, limits::phone_content_age, "photos_not_in_cloud");
    if (!count) return look.unknown();
    if (*count == 0) return look.pass();
    return look.param("count", *count).fail("uploaded.not_yet", Gate::warns);
}

bool has_whatsapp(std::string_view packages) {
    const auto parts = split(packages, ',');
    return std::any_of(parts.begin(), parts.end(), [](std::string_view part) {
        return trim(part).starts_with("net.whatsapp.");
    });
}

// An app that is installed and whose chats are not in the backup: they would be gone with the
// phone.
Finding judge_whatsapp(const EvidenceBook& book, const Circumstances& circumstances) {
    Inquiry look(book, circumstances, "whatsapp.in_backup");
    const auto packages = look.text(facts::packages_messengers, limits::phone_content_age);
    if (!packages) return look.unknown();
    if (!has_whatsapp(*packages)) return look.not_applicable("whatsapp.not_installed");
    const auto opened = look.yes_no(facts::rehearsal_opened, limits::phone_content_age);
    if (!opened) return look.unknown();
    const auto messages = parse_u64(look.peek(facts::inventory_count, "whatsapp").value_or(""));
    if (!messages) return look.fail("whatsapp.missing");
    return look.param("count", *messages).pass();
}

}  // namespace

Check iphone_rehearsal() {
    return {.id = "R-110",
            .title = "Backup opened",
            .requirement = "R-110 R-111",
            .platform = Platform::ios,
            .codes = {"rehearsal.opened", "rehearsal.wrong_password", "rehearsal.new_password"},
            .judge = judge_rehearsal};
}

Check originals_on_phone() {
    return {.id = "R-113",
            .title = "Originals",
            .requirement = "R-113",
            .platform = Platform::ios,
            .told_suffices = true,
            .codes = {"originals.here", "originals.only_in_cloud", "originals.accepted"},
            .judge = judge_originals};
}

Check photos_uploaded() {
    return {.id = "R-113.uploaded",
            .title = "Photos in iCloud",
            .requirement = "R-113",
            .gate = Gate::warns,
            .platform = Platform::ios,
            .codes = {"uploaded.all", "uploaded.not_yet", "uploaded.not_used"},
            .judge = judge_uploaded};
}

Check whatsapp_on_iphone() {
    return {.id = "R-402",
            .title = "WhatsApp chats",
            .requirement = "R-402",
            .platform = Platform::ios,
            .codes = {"whatsapp.in_backup", "whatsapp.missing", "whatsapp.not_installed"},
            .judge = judge_whatsapp};
}

}  // namespace lifeboat::checklist
