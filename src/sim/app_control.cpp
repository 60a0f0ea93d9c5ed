#include "sim/app_control.h"

#include "sim/android/packages/package_manager.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace lifeboat::sim {

namespace {

using Json = nlohmann::json;

Package package_named(AndroidPhone& phone, Words& words) {
    const std::string name = words.next("the package");
    const auto found = find_package(phone.device(), name);
    if (!found || found->from_system) throw Misuse(fmt::format("there is no app {}", name));
    return *found;
}

Json list(AndroidPhone& phone) {
    Json apps = Json::array();
    for (const Package& p : phone.device().snapshot().packages) {
        if (p.from_system) continue;
        apps.push_back({{"package", p.name},
                        {"version_code", p.version_code},
                        {"uid", p.uid},
                        {"installer", p.installer},
                        {"splits", p.splits},
                        {"permissions", p.runtime_permissions}});
    }
    return done({{"apps", apps}});
}

// As a store does it: the same signer, permissions and parts, other bytes.
Json update(AndroidPhone& phone, Words& words) {
    const Package now = package_named(phone, words);
    const uint64_t version = words.number("the new version");
    ApkManifest base{.package = now.name,
                     .version_code = version,
                     .version_name = fmt::to_string(version),
                     .min_sdk = now.min_sdk,
                     .target_sdk = now.target_sdk,
                     .signer = now.signer,
                     .permissions = now.install_permissions};
    for (const auto& [name, granted] : now.runtime_permissions) base.permissions.push_back(name);
    constexpr size_t payload = 50'000;
    std::vector<Bytes> apks{make_apk(base, payload)};
    for (const std::string& name : now.splits) {
        base.split = name;
        apks.push_back(make_apk(base, payload));
    }
    const Failed failed = install_apks(phone.device(), now.installer, apks);
    if (!failed.empty()) throw Misuse(failed);
    return done();
}

Json hang_up(AndroidPhone& phone, Words& words) {
    HangUp wanted{.at = words.next("a part of the command")};
    wanted.behind = words.next_or("before") == "behind";
    phone.faults().with([&](FaultPlan& plan) { plan.hang_up = wanted; });
    return done();
}

}  // namespace

Json run_app_control(AndroidPhone& phone, Words& words) {
    const std::string what =
        words.one_of("what to do", {"list", "remove", "update", "root", "hang-up"});
    if (what == "list") return list(phone);
    if (what == "update") return update(phone, words);
    if (what == "hang-up") return hang_up(phone, words);
    if (what == "root") {
        phone.device().set_root(words.on_or_off());
        return done();
    }
    uninstall(phone.device(), package_named(phone, words).name);
    return done();
}

std::string_view app_control_help() {
    return R"(  apps list                             apps remove PACKAGE
  apps update PACKAGE VERSION           apps root on|off
  apps hang-up TEXT [before|behind]     (the next shell command that holds TEXT, once)
)";
}

}  // namespace lifeboat::sim
