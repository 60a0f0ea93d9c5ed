#include "sim/ios/small_services.h"

#include "sim/ios/afc_service.h"
#include "sim/ios/installed_apps.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace lifeboat::sim::ios {

namespace {

using plist::Array;
using plist::Dict;

std::string text_at(const Dict& from, std::string_view key) {
    const std::string* text = from.text(key);
    return text == nullptr ? std::string() : *text;
}

bool is_wanted(const App& app, const Dict* options) {
    if (options == nullptr) return true;
    const std::string type = text_at(*options, "ApplicationType");
    if (type == "User" && app.system) return false;
    if (type == "System" && !app.system) return false;
    const Array* only = options->array("BundleIDs");
    return only == nullptr || std::ranges::any_of(*only, [&](const plist::Value& one) {
               return one.text() != nullptr && *one.text() == app.bundle;
           });
}

void browse(Device& device, Channel& channel, const Dict* options) {
    const Array* attributes = options == nullptr ? nullptr : options->array("ReturnAttributes");
    Array found;
    for (const App& app : installed_apps(device)) {
        if (is_wanted(app, options)) found.emplace_back(app_entry(app, attributes));
    }
    // Two at a time: real lists come in pages, and hosts must put them together.
    constexpr size_t page = 2;
    for (size_t i = 0; i < found.size(); i += page) {
        const size_t count = std::min(page, found.size() - i);
        const auto first = found.begin() + static_cast<std::ptrdiff_t>(i);
        channel.send(
            Dict{{"Status", "BrowsingApplications"},
                 {"CurrentAmount", count},
                 {"CurrentIndex", i},
                 {"Total", found.size()},
                 {"CurrentList", Array(first, first + static_cast<std::ptrdiff_t>(count))}});
    }
    channel.send(Dict{{"Status", "Complete"}});
}

void look_up(Device& device, Channel& channel, const Dict* options) {
    const Array* attributes = options == nullptr ? nullptr : options->array("ReturnAttributes");
    Dict result;
    for (const App& app : installed_apps(device)) {
        if (is_wanted(app, options)) result.set(app.bundle, app_entry(app, attributes));
    }
    channel.send(Dict{{"Status", "Complete"}, {"LookupResult", result}});
}

Dict gas_gauge(const DeviceState& state) {
    return {{"CycleCount", 312},
            {"DesignCapacity", 2815},
            {"FullChargeCapacity", 2493},
            {"Status", "Success"},
            {"CurrentCapacity", state.battery}};
}

Dict smart_battery(const DeviceState& state) {
    return {{"CycleCount", 312},
            {"DesignCapacity", 2815},
            {"AppleRawMaxCapacity", 2493},
            {"NominalChargeCapacity", 2510},
            {"CurrentCapacity", state.battery},
            {"MaxCapacity", 100},
            {"IsCharging", state.charging && state.battery < 100},
            {"ExternalConnected", state.charging},
            {"FullyCharged", state.battery == 100},
            {"Temperature", 2980},
            {"Voltage", 4012},
            {"Serial", "F8Y1SIM0BATT"}};
}

Dict gestalt(const Dict& request, const DeviceState& state) {
    if (state.who.refuses_gestalt) return {{"Status", "MobileGestaltDeprecated"}};
    const Dict known{{"PasswordConfigured", state.passcode_set},
                     {"ProductVersion", state.who.version},
                     {"ProductType", state.who.product_type},
                     {"UniqueDeviceID", state.who.udid}};
    Dict found{{"Status", "Success"}};
    const Array* keys = request.array("MobileGestaltKeys");
    for (const plist::Value& key : keys == nullptr ? Array() : *keys) {
        const plist::Value* value = key.text() == nullptr ? nullptr : known.find(*key.text());
        if (value != nullptr) found.set(*key.text(), *value);
    }
    return found;
}

// Nothing when the request is unknown.
std::optional<Dict> diagnosis(const std::string& name, const Dict& request,
                              const DeviceState& state) {
    if (name == "All" || name == "GasGauge") return Dict{{"GasGauge", gas_gauge(state)}};
    if (name == "MobileGestalt") return Dict{{"MobileGestalt", gestalt(request, state)}};
    if (name != "IORegistry") return std::nullopt;
    const bool battery = text_at(request, "EntryClass") == "AppleSmartBattery" ||
                         text_at(request, "EntryName") == "AppleSmartBattery" ||
                         text_at(request, "EntryClass") == "IOPMPowerSource";
    const Dict plane{{"name", text_at(request, "CurrentPlane")}, {"IORegistryEntryName", "Root"}};
    return Dict{{"IORegistry", battery ? smart_battery(state) : plane}};
}

}  // namespace

void run_notification_proxy(Device& device, Channel& channel) {
    std::vector<std::string> observed;
    size_t told = device.notification_count();
    const auto relay = [&] {
        for (const std::string& one : device.notifications_since(told)) {
            ++told;
            if (std::ranges::find(observed, one) == observed.end()) continue;
            channel.send(Dict{{"Command", "RelayNotification"}, {"Name", one}});
        }
    };
    // Who observes asks nothing more: the phone speaks first.
    channel.on_silence(std::chrono::milliseconds(100), relay);
    for (;;) {
        const Dict request = channel.receive_dict();
        const std::string command = text_at(request, "Command");
        const std::string name = text_at(request, "Name");
        if (command == "PostNotification") device.post(name);
        if (command == "ObserveNotification") observed.push_back(name);
        relay();
        if (command == "Shutdown") {
            channel.send(Dict{{"Command", "ProxyDeath"}});
            return;
        }
    }
}

void run_installation_proxy(Device& device, Channel& channel) {
    for (;;) {
        const Dict request = channel.receive_dict();
        const std::string command = text_at(request, "Command");
        if (command == "Browse") {
            browse(device, channel, request.dict("ClientOptions"));
        } else if (command == "Lookup") {
            look_up(device, channel, request.dict("ClientOptions"));
        } else {
            channel.send(Dict{{"Error", "UnknownCommand"},
                              {"ErrorDescription", "the simulated phone installs nothing"}});
        }
    }
}

void run_springboard(Device&, Channel& channel) {
    for (;;) {
        const Dict request = channel.receive_dict();
        const std::string command = text_at(request, "command");
        if (command == "getIconPNGData") {
            channel.send(Dict{{"pngData", app_icon()}});
        } else if (command == "getInterfaceOrientation") {
            channel.send(Dict{{"interfaceOrientation", 1}});
        } else {
            channel.send(Dict{{"Error", "UnknownCommand"}});
        }
    }
}

void run_diagnostics(Device& device, Channel& channel, const PhoneActions& actions) {
    for (;;) {
        const Dict request = channel.receive_dict();
        const std::string name = text_at(request, "Request");
        const bool acts = name == "Restart" || name == "Shutdown" || name == "Sleep";
        if (acts || name == "Goodbye") {
            channel.send(Dict{{"Status", "Success"}});
            if (name == "Restart") actions.reboot();
            if (name == "Shutdown") actions.disappear();
            if (name == "Goodbye") return;
            continue;
        }
        const auto found = diagnosis(name, request, device.state());
        channel.send(found ? Dict{{"Status", "Success"}, {"Diagnostics", *found}}
                           : Dict{{"Status", "UnknownRequest"}});
    }
}

void run_misagent(Device&, Channel& channel) {
    for (;;) {
        const Dict request = channel.receive_dict();
        const std::string type = text_at(request, "MessageType");
        constexpr int64_t not_found = 0xe8008017;
        const bool reads = type == "Copy" || type == "CopyAll";
        channel.send(
            Dict{{"MessageType", type}, {"Status", reads ? 0 : not_found}, {"Payload", Array{}}});
    }
}

void run_heartbeat(Device&, Channel& channel) {
    constexpr int64_t seconds = 10;
    for (;;) {
        channel.send(Dict{{"Command", "Marco"}, {"Interval", seconds}});
        if (text_at(channel.receive_dict(), "Command") != "Polo") return;
    }
}

void run_house_arrest(Device& device, Channel& channel) {
    const Dict request = channel.receive_dict();
    const std::string command = text_at(request, "Command");
    const auto apps = installed_apps(device);
    const auto app = std::ranges::find(apps, text_at(request, "Identifier"), &App::bundle);
    if (app == apps.end()) {
        channel.send(Dict{{"Error", "ApplicationLookupFailed"}});
        return;
    }
    if (!app->shares_documents || command != "VendDocuments") {
        channel.send(Dict{{"Error", "InstallationLookupFailed"}});
        return;
    }
    const std::string root = device.domain_folder("AppDomain-" + app->bundle);
    std::filesystem::create_directories(root + "/Documents");
    channel.send(Dict{{"Status", "Complete"}});
    AfcService(device, channel, root).run();
}

}  // namespace lifeboat::sim::ios
