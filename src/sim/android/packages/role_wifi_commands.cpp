// cmd role and cmd wifi: who holds a role, and the networks the phone knows.
#include "sim/android/dumpsys.h"
#include "sim/android/packages/commands.h"
#include "sim/android/packages/package_manager.h"

#include <fmt/format.h>

#include <algorithm>

namespace lifeboat::sim {

namespace {

constexpr uint32_t first_with_role_query = 31;

std::vector<std::string> without_user(WordSpan words) {
    std::vector<std::string> rest;
    for (size_t i = 0; i < words.size(); ++i) {
        if (words[i] == "--user")
            ++i;
        else
            rest.push_back(words[i]);
    }
    return rest;
}

int list_networks(Call& call) {
    const DeviceState state = call.device.snapshot();
    if (state.networks.empty()) {
        call.out.line("No networks");
        return 0;
    }
    call.out.line("Network Id      SSID                         Security type");
    for (const SavedNetwork& network : state.networks) {
        for (const std::string& type : network.types)
            call.out.line(fmt::format("{:<12} {:<32} {:<4}", network.id, network.ssid, type));
    }
    return 0;
}

int add_network(Call& call, WordSpan words) {
    if (words.size() < 2) {
        call.err.line("Unknown command for wifi");
        return 255;
    }
    const std::string& security = words[1];
    const bool needs_password = security == "wpa2" || security == "wpa3";
    if (needs_password && words.size() < 3) {
        call.err.line("IllegalArgumentException: Need a passphrase");
        return 255;
    }
    std::vector<std::string> types{security == "wpa2"   ? "wpa2-psk"
                                   : security == "wpa3" ? "wpa3-sae"
                                                        : security};
    if (security == "wpa2") types.emplace_back("wpa3-sae^");
    call.device.state().with([&](DeviceState& s) {
        std::erase_if(s.networks, [&](const SavedNetwork& n) {
            return n.ssid == words[0] && n.types.front() == types.front();
        });
        const uint32_t id = s.networks.empty() ? 0 : s.networks.back().id + 1;
        s.networks.push_back({id, words[0], types, needs_password ? words[2] : ""});
    });
    call.out.line("Save successful");
    return 0;
}

}  // namespace

void set_first_roles_and_networks(DeviceState& state, const Personality& who) {
    const bool google = who.has_google;
    state.roles = {
        {"android.app.role.BROWSER", google ? "com.android.chrome" : "org.lineageos.jelly"},
        {"android.app.role.DIALER", google ? "com.google.android.dialer" : "com.android.dialer"},
        {"android.app.role.HOME", "com.android.launcher3"},
        {"android.app.role.SMS",
         google ? "com.google.android.apps.messaging" : "com.android.messaging"}};
    state.networks = {{0, state.ssid, {"wpa2-psk", "wpa3-sae^"}, "four lions & a boat"},
                      {1, "Cafe \"am See\"", {"open", "owe^"}, ""},
                      {2, "two  blanks ", {"wpa3-sae"}, "it's <secret>"}};
}

int role_command(Call& call, WordSpan all) {
    const auto words = without_user(all);
    const bool known = call.device.snapshot().os.sdk >= first_with_role_query;
    if (words.size() >= 2 && words[0] == "get-role-holders" && known) {
        const DeviceState state = call.device.snapshot();
        const auto found = state.roles.find(words[1]);
        call.out.line(found == state.roles.end() ? "" : found->second);
        return 0;
    }
    if (words.size() >= 3 && words[0] == "add-role-holder") {
        if (!find_package(call.device, words[2])) {
            call.err.line("Error: see logcat for details.");
            return 255;
        }
        call.device.state().with([&](DeviceState& s) { s.roles[words[1]] = words[2]; });
        return 0;
    }
    call.err.line("Unknown command: " + (words.empty() ? std::string() : words[0]));
    return 255;
}

int wifi_command(Call& call, WordSpan words) {
    const std::string verb = words.empty() ? "" : words[0];
    if (verb == "status") {
        call.out.put(wifi_status(call.device.snapshot()));
        return 0;
    }
    if (verb == "list-networks") return list_networks(call);
    if (verb == "add-network") return add_network(call, words.subspan(1));
    call.err.line("Unknown command for wifi");
    return 255;
}

std::string dump_roles(const DeviceState& state) {
    std::string text =
        "ROLE MANAGER STATE (dumpsys role):\n  user_states={\n    user_id=0\n    version=1\n"
        "    packages_hash=DA51C7F0\n    roles=[\n";
    for (const auto& [role, holder] : state.roles)
        text +=
            fmt::format("      {{\n        name={}\n        holders={}\n      }}\n", role, holder);
    return text + "      {\n        name=android.app.role.ASSISTANT\n      }\n    ]\n  }\n";
}

}  // namespace lifeboat::sim
