// The small services of an iPhone that need no more than questions and answers: notifications, the
// list of apps, diagnostics, icons.
#pragma once

#include "phone/ios/connection.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lifeboat::phone::ios {

inline constexpr std::string_view notification_service = "com.apple.mobile.notification_proxy";
inline constexpr std::string_view installation_service = "com.apple.mobile.installation_proxy";
inline constexpr std::string_view diagnostics_service = "com.apple.mobile.diagnostics_relay";
inline constexpr std::string_view springboard_service = "com.apple.springboardservices";
inline constexpr std::string_view heartbeat_service = "com.apple.mobile.heartbeat";

// All: one thread; they throw Gone, Silent, Garbled, Cancelled.

// Words that programs and the phone call out to each other.
class NotificationProxy {
public:
    explicit NotificationProxy(std::unique_ptr<Connection> connection);
    void post(std::string_view name);
    void observe(std::string_view name);
    // The name that was called out; nothing when none was for so long.
    std::optional<std::string> next(milliseconds limit);
    // Takes leave and waits for the answer.
    void close();

private:
    std::unique_ptr<Connection> connection_;
};

class InstallationProxy {
public:
    explicit InstallationProxy(std::unique_ptr<Connection> connection);
    // `type` is "User", "System" or "Any"; `attributes` are keys of the apps' own lists. `each`
    // gets one dictionary an app.
    void browse(std::string_view type, const std::vector<std::string>& attributes,
                const std::function<void(const plist::Dict&)>& each);
    // By bundle id; those that are not there are left out.
    plist::Dict lookup(const std::vector<std::string>& bundle_ids,
                       const std::vector<std::string>& attributes);

private:
    std::unique_ptr<Connection> connection_;
};

class DiagnosticsRelay {
public:
    explicit DiagnosticsRelay(std::unique_ptr<Connection> connection);
    // All of these: nothing when the phone does not know the question, or refuses it.
    std::optional<plist::Dict> gas_gauge();
    std::optional<plist::Dict> io_registry(std::string_view entry_class);
    // iOS 17.4 and later refuse it.
    std::optional<plist::Dict> mobile_gestalt(const std::vector<std::string>& keys);
    // False when the phone refuses.
    bool restart();
    void goodbye();

private:
    std::optional<plist::Dict> ask(const plist::Dict& question, std::string_view key);

    std::unique_ptr<Connection> connection_;
};

class Springboard {
public:
    explicit Springboard(std::unique_ptr<Connection> connection);
    // Nothing when there is no such app.
    std::optional<Bytes> icon_png(std::string_view bundle_id);

private:
    std::unique_ptr<Connection> connection_;
};

// Phones on the network end their conversations unless this is answered. Runs until `stop`, or
// until the phone has been silent for twice the interval it announced: then it tells the presence,
// and throws Gone.
void answer_heartbeat(Connection& connection, Presence& presence, const std::stop_token& stop);

}  // namespace lifeboat::phone::ios
