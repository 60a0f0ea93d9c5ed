// What an Android phone says about itself before an update, besides what it holds: an update that
// waits, Find My Device, who is at work on it, and what no copy of ours can hold.
#include "base/text.h"
#include "checklist/checks/checks.h"
#include "checklist/inquiry.h"

#include <algorithm>

namespace lifeboat::checklist {
namespace {

Finding judge_update(const EvidenceBook& book, const Circumstances& circumstances) {
    Inquiry look(book, circumstances, "update.waiting");
    const auto pending = look.yes_no(facts::update_pending, limits::phone_content_age);
    const auto since = look.instant(facts::update_pending_since, limits::phone_content_age);
    const auto patch = look.text(facts::os_security_patch, limits::phone_content_age);
    if (!pending || !*pending || !since || !patch) return look.unknown();
    return look.param("date", to_rfc3339(*since).substr(0, 10)).param("patch", *patch).pass();
}

Finding judge_find_my(const EvidenceBook& book, const Circumstances& circumstances) {
    Inquiry look(book, circumstances, "find_my_device.on");
    const auto on = look.yes_no(facts::find_my_on, limits::phone_content_age);
    if (!on) return look.unknown();
    return *on ? look.pass() : look.fail("find_my_device.off", Gate::informs);
}

Finding judge_activity(const EvidenceBook& book, const Circumstances& circumstances) {
    Inquiry look(book, circumstances, "activity.none");
    const auto call = look.yes_no(facts::activity_call, limits::phone_state_age);
    if (call && *call) return look.fail("activity.call", Gate::warns);
    const auto camera = look.yes_no(facts::activity_camera, limits::phone_state_age);
    if (camera && *camera) return look.fail("activity.camera", Gate::warns);
    const auto recording = look.yes_no(facts::activity_recording, limits::phone_state_age);
    if (recording && *recording) return look.fail("activity.recording", Gate::warns);
    if (call && camera && recording) return look.pass();
    Finding finding = look.unknown();
    finding.gate = Gate::informs;
    return finding;
}

// Android gives no saved password to a computer.
Finding judge_wifi_password(const EvidenceBook& book, const Circumstances& circumstances) {
    Inquiry look(book, circumstances, "wifi_password.write_down");
    const auto name = look.text(facts::wifi_ssid, limits::phone_content_age);
    if (!name) return look.unknown();
    if (name->empty()) return look.not_applicable("wifi_password.no_network");
    return look.param("name", *name).fail();
}

Finding judge_firmware(const EvidenceBook& book, const Circumstances& circumstances) {
    Inquiry look(book, circumstances, "firmware.not_covered");
    const auto build = look.text(facts::os_fingerprint, limits::phone_content_age);
    if (!build) return look.unknown();
    return look.param("build", *build).fail();
}

Finding judge_tool(const EvidenceBook& book, const Circumstances& circumstances, bool samsung) {
    const std::string code = samsung ? "smart_switch" : "clone_phone";
    Inquiry look(book, circumstances, code + ".there");
    const auto tools = look.text(facts::packages_vendor_tools, limits::phone_content_age);
    if (!tools) return look.unknown();
    const auto packages = split(*tools, ',');
    const bool there = std::any_of(packages.begin(), packages.end(), [&](std::string_view name) {
        return samsung ? name.starts_with("com.sec.") : name.ends_with(".backuprestore");
    });
    return there ? look.fail() : look.not_applicable(code + ".absent");
}

// What apps gave by `adb backup` is more than nothing, and counts for nothing: most give nothing.
Finding judge_app_backup(const EvidenceBook& book, const Circumstances& circumstances) {
    Inquiry look(book, circumstances, "app_backup.kept");
    const auto saved = look.text(facts::app_backup_saved_at, limits::phone_content_age);
    if (!saved) return look.unknown();
    if (*saved == facts::none) return look.not_applicable("app_backup.none");
    const auto at = look.instant(facts::app_backup_saved_at, limits::phone_content_age);
    return at ? look.param("saved_at", to_rfc3339(*at)).pass() : look.unknown();
}

Finding judge_apps_at_risk(const EvidenceBook& book, const Circumstances& circumstances) {
    Inquiry look(book, circumstances, "apps_at_risk.none");
    const auto packages = look.text(facts::apps_at_risk, limits::phone_content_age);
    if (!packages) return look.unknown();
    if (packages->empty()) return look.pass();
    std::string apps;
    for (const std::string_view package : split(*packages, ','))
        apps += (apps.empty() ? "" : ", ") + std::string(package);
    return look.param("apps", apps).fail("apps_at_risk.some", Gate::informs);
}

Check inform(std::string id, std::string title, std::vector<std::string> codes,
             std::function<Finding(const EvidenceBook&, const Circumstances&)> judge) {
    const std::string row = id.substr(0, 5);
    return {.id = std::move(id),
            .title = std::move(title),
            .requirement = row,
            .gate = Gate::informs,
            .platform = Platform::android,
            .codes = std::move(codes),
            .judge = std::move(judge)};
}

}  // namespace

Check update_waiting() {
    return inform("R-006.android", "Update on the phone", {"update.waiting"}, judge_update);
}

Check find_my_device() {
    return inform("R-803", "Find My Device", {"find_my_device.on", "find_my_device.off"},
                  judge_find_my);
}

Check phone_at_rest() {
    Check check =
        inform("R-805", "Phone at rest",
               {"activity.none", "activity.call", "activity.camera", "activity.recording"},
               judge_activity);
    check.gate = Gate::warns;
    return check;
}

Check wifi_password() {
    Check check =
        inform("R-801.android", "Wi-Fi password",
               {"wifi_password.write_down", "wifi_password.no_network"}, judge_wifi_password);
    check.gate = Gate::warns;
    return check;
}

Check firmware() {
    return inform("R-211", "Firmware", {"firmware.not_covered"}, judge_firmware);
}

Check smart_switch() {
    return inform("R-206", "Smart Switch", {"smart_switch.there", "smart_switch.absent"},
                  [](const EvidenceBook& book, const Circumstances& circumstances) {
                      return judge_tool(book, circumstances, true);
                  });
}

Check clone_phone() {
    return inform("R-207", "Clone Phone", {"clone_phone.there", "clone_phone.absent"},
                  [](const EvidenceBook& book, const Circumstances& circumstances) {
                      return judge_tool(book, circumstances, false);
                  });
}

Check apps_at_risk() {
    return inform("R-004", "Apps at risk", {"apps_at_risk.none", "apps_at_risk.some"},
                  judge_apps_at_risk);
}

Check app_backup() {
    return inform("R-209", "App data by adb backup", {"app_backup.kept", "app_backup.none"},
                  judge_app_backup);
}

}  // namespace lifeboat::checklist
