#include "phone/ios/services.h"

#include "base/text.h"

#include <fmt/format.h>

namespace lifeboat::phone::ios {
namespace {

using plist::Array;
using plist::Dict;

constexpr size_t most_apps = 100'000;

Array array_of(const std::vector<std::string>& texts) {
    return {texts.begin(), texts.end()};
}

void check_error(const Dict& answer, std::string_view doing) {
    const std::string* error = answer.text("Error");
    if (error == nullptr) return;
    throw Denied(fmt::format("the iPhone refuses {} ({})", doing, printable(*error)));
}

}  // namespace

NotificationProxy::NotificationProxy(std::unique_ptr<Connection> connection)
    : connection_(std::move(connection)) {}

void NotificationProxy::post(std::string_view name) {
    connection_->send(Dict{{"Command", "PostNotification"}, {"Name", name}});
}

void NotificationProxy::observe(std::string_view name) {
    connection_->send(Dict{{"Command", "ObserveNotification"}, {"Name", name}});
}

std::optional<std::string> NotificationProxy::next(milliseconds limit) {
    const auto message = connection_->receive_within(limit, service_limits);
    if (!message) return std::nullopt;
    const Dict* dict = message->dict();
    const std::string* command = dict == nullptr ? nullptr : dict->text("Command");
    if (command == nullptr) throw Garbled("a notification of the iPhone has no name");
    if (*command == "ProxyDeath") throw Gone("the iPhone ended its notifications");
    const std::string* name = dict->text("Name");
    if (*command != "RelayNotification" || name == nullptr) return std::nullopt;
    return *name;
}

void NotificationProxy::close() {
    connection_->send(Dict{{"Command", "Shutdown"}});
    // Notifications that were under way come before the answer.
    for (int i = 0; i < 100; ++i) {
        const Dict answer = connection_->receive_dict();
        const std::string* command = answer.text("Command");
        if (command != nullptr && *command == "ProxyDeath") return;
    }
}

InstallationProxy::InstallationProxy(std::unique_ptr<Connection> connection)
    : connection_(std::move(connection)) {}

void InstallationProxy::browse(std::string_view type, const std::vector<std::string>& attributes,
                               const std::function<void(const Dict&)>& each) {
    Dict options{{"ApplicationType", type}};
    if (!attributes.empty()) options.set("ReturnAttributes", array_of(attributes));
    connection_->send(Dict{{"Command", "Browse"}, {"ClientOptions", options}});
    size_t count = 0;
    while (true) {
        const Dict answer = connection_->receive_dict();
        check_error(answer, "the list of its apps");
        if (const Array* apps = answer.array("CurrentList")) {
            count += apps->size();
            if (count > most_apps) throw Garbled("the iPhone's list of apps has no end");
            for (const plist::Value& app : *apps) {
                if (app.dict() == nullptr) throw Garbled("the iPhone lists what is no app");
                each(*app.dict());
            }
        }
        const std::string* status = answer.text("Status");
        if (status == nullptr) throw Garbled("the iPhone's list of apps has no status");
        if (*status == "Complete") return;
    }
}

Dict InstallationProxy::lookup(const std::vector<std::string>& bundle_ids,
                               const std::vector<std::string>& attributes) {
    Dict options{{"BundleIDs", array_of(bundle_ids)}};
    if (!attributes.empty()) options.set("ReturnAttributes", array_of(attributes));
    const Dict answer = connection_->ask(Dict{{"Command", "Lookup"}, {"ClientOptions", options}});
    check_error(answer, "the look-up of apps");
    const Dict* result = answer.dict("LookupResult");
    if (result == nullptr) throw Garbled("the iPhone's look-up of apps has no result");
    return *result;
}

DiagnosticsRelay::DiagnosticsRelay(std::unique_ptr<Connection> connection)
    : connection_(std::move(connection)) {}

std::optional<Dict> DiagnosticsRelay::ask(const Dict& question, std::string_view key) {
    const Dict answer = connection_->ask(question);
    const std::string* status = answer.text("Status");
    if (status == nullptr) throw Garbled("the iPhone's diagnostics have no status");
    const Dict* all = answer.dict("Diagnostics");
    const Dict* part = all == nullptr ? nullptr : all->dict(key);
    if (*status != "Success" || part == nullptr) return std::nullopt;
    // A refusal comes as a success with a status of its own inside.
    const std::string* inner = part->text("Status");
    if (inner != nullptr && *inner != "Success") return std::nullopt;
    return *part;
}

std::optional<Dict> DiagnosticsRelay::gas_gauge() {
    return ask({{"Request", "GasGauge"}}, "GasGauge");
}

std::optional<Dict> DiagnosticsRelay::io_registry(std::string_view entry_class) {
    return ask({{"Request", "IORegistry"}, {"EntryClass", entry_class}}, "IORegistry");
}

std::optional<Dict> DiagnosticsRelay::mobile_gestalt(const std::vector<std::string>& keys) {
    return ask({{"Request", "MobileGestalt"}, {"MobileGestaltKeys", array_of(keys)}},
               "MobileGestalt");
}

bool DiagnosticsRelay::restart() {
    const Dict answer = connection_->ask({{"Request", "Restart"}, {"WaitForDisconnect", false}});
    const std::string* status = answer.text("Status");
    return status != nullptr && *status == "Success";
}

void DiagnosticsRelay::goodbye() {
    connection_->ask({{"Request", "Goodbye"}});
}

Springboard::Springboard(std::unique_ptr<Connection> connection)
    : connection_(std::move(connection)) {}

std::optional<Bytes> Springboard::icon_png(std::string_view bundle_id) {
    const Dict answer = connection_->ask({{"command", "getIconPNGData"}, {"bundleId", bundle_id}});
    const Bytes* png = answer.data("pngData");
    return png == nullptr ? std::nullopt : std::optional(*png);
}

void answer_heartbeat(Connection& connection, Presence& presence, const std::stop_token& stop) {
    constexpr milliseconds longest{60'000};
    milliseconds interval{10'000};  // until the phone tells its own
    while (!stop.stop_requested()) {
        const auto message = connection.receive_within(2 * interval, service_limits);
        if (!message) {
            presence.went();
            throw Gone("the iPhone cannot be reached over the network any more",
                       "Bring it back into the Wi-Fi, or use its cable.");
        }
        const Dict* dict = message->dict();
        if (dict == nullptr) throw Garbled("a heartbeat of the iPhone is no dictionary");
        const auto seconds = dict->u64("Interval");
        if (seconds && *seconds > 0 && *seconds <= 60) {
            interval = std::min(longest, milliseconds(*seconds * 1000));
        }
        connection.send(Dict{{"Command", "Polo"}});
    }
}

}  // namespace lifeboat::phone::ios
