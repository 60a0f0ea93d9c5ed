#include "sim/ios/installed_apps.h"

#include <algorithm>
#include <filesystem>
#include <set>

namespace lifeboat::sim::ios {

namespace {

constexpr std::string_view key = "Apps";

std::set<std::string> removed_apps(const Device& device) {
    const plist::Dict memory = device.memory(key);
    std::set<std::string> removed;
    const plist::Array* list = memory.array("Removed");
    for (const plist::Value& one : list == nullptr ? plist::Array() : *list) {
        if (one.text() != nullptr) removed.insert(*one.text());
    }
    return removed;
}

void remember(Device& device, const std::set<std::string>& removed) {
    plist::Array list;
    for (const std::string& bundle : removed) list.emplace_back(bundle);
    device.remember(key, {{"Removed", std::move(list)}});
}

const App* in_store(const std::string& bundle) {
    const auto found = std::ranges::find(apps(), bundle, &App::bundle);
    return found == apps().end() ? nullptr : &*found;
}

}  // namespace

std::vector<App> installed_apps(const Device& device) {
    const auto removed = removed_apps(device);
    std::vector<App> installed;
    std::ranges::copy_if(apps(), std::back_inserter(installed),
                         [&](const App& app) { return !removed.contains(app.bundle); });
    return installed;
}

bool remove_app(Device& device, const std::string& bundle) {
    const App* app = in_store(bundle);
    auto removed = removed_apps(device);
    if (app == nullptr || app->system || !removed.insert(bundle).second) return false;
    std::filesystem::remove_all(device.domain_folder("AppDomain-" + bundle));
    if (!app->group.empty()) {
        std::filesystem::remove_all(device.domain_folder("AppDomainGroup-" + app->group));
    }
    remember(device, removed);
    device.post("com.apple.mobile.application_uninstalled");
    return true;
}

bool install_app(Device& device, const std::string& bundle) {
    if (in_store(bundle) == nullptr) return false;
    auto removed = removed_apps(device);
    if (removed.erase(bundle) > 0) remember(device, removed);
    device.post("com.apple.mobile.application_installed");
    return true;
}

}  // namespace lifeboat::sim::ios
