#include "sim/adb_backup_control.h"

#include "sim/android/packages/package_manager.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace lifeboat::sim {

namespace {

using Json = nlohmann::json;

// An app that nobody named before is installed, as by the person's own hand.
void make_sure_of(Device& device, const std::string& package) {
    const auto packages = device.snapshot().packages;
    if (std::ranges::any_of(packages, [&](const Package& p) { return p.name == package; })) return;
    constexpr size_t payload = 10'000;
    const Failed failed = install_apks(device, "", {make_apk({.package = package}, payload)});
    if (!failed.empty()) throw Misuse(failed);
}

Json show(const AdbBackup& backup) {
    Json apps = Json::object();
    for (const auto& [package, app] : backup.apps) {
        Json files = Json::object();
        for (const auto& [name, file] : app.files) files[name] = to_text(file.content);
        apps[package] = {{"allows_backup", app.allows_backup}, {"files", std::move(files)}};
    }
    return done({{"asked", backup.asked}, {"restored", backup.restored}, {"apps", apps}});
}

void set_tap(Device& device, const std::string& what, Words& words) {
    const Tap tap = what == "allow" ? Tap::allow : what == "deny" ? Tap::deny : Tap::wait;
    const auto patience = words.any() ? words.number("the milliseconds") : 60'000;
    device.state().with([&](DeviceState& s) {
        s.adb_backup.tap = tap;
        s.adb_backup.patience = std::chrono::milliseconds(patience);
    });
}

}  // namespace

Json control_adb_backup(Device& device, const std::string& what, Words& words) {
    if (what == "state") return show(device.snapshot().adb_backup);
    if (what == "password") {
        const std::string password = words.next_or("");
        device.state().with([&](DeviceState& s) { s.adb_backup.password = password; });
    } else if (what == "needs-password") {
        const bool on = words.on_or_off();
        device.state().with([&](DeviceState& s) { s.adb_backup.needs_password = on; });
    } else if (what == "app") {
        const std::string package = words.next("the package");
        const bool allows = words.one_of("the choice", {"allow", "deny"}) == "allow";
        make_sure_of(device, package);
        device.state().with(
            [&](DeviceState& s) { s.adb_backup.apps[package].allows_backup = allows; });
    } else if (what == "file") {
        const std::string package = words.next("the package");
        const std::string name = words.next("the domain and name");
        const std::string text = words.next("the text");
        const TimePoint now = device.clock().now();
        make_sure_of(device, package);
        device.state().with([&](DeviceState& s) {
            s.adb_backup.apps[package].files[name] = {to_bytes(text), now};
        });
    } else if (what == "wipe") {
        const std::string package = words.next("the package");
        device.state().with([&](DeviceState& s) { s.adb_backup.apps[package].files.clear(); });
    } else {
        set_tap(device, what, words);
    }
    return done();
}

}  // namespace lifeboat::sim
