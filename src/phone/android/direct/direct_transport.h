// Phones in the network without an adb server: a connection of our own to each, made when it is
// first needed, made again after it broke.
#pragma once

#include "phone/android/direct/connection.h"
#include "sys/clock.h"

#include <map>
#include <memory>
#include <optional>
#include <string>

namespace lifeboat::phone::android {

struct NetworkAddress {
    std::string host{};
    uint16_t port = 0;
    std::string text() const;  // "HOST:PORT", "[2001:db8::1]:PORT"
};
// Nothing when it is none.
std::optional<NetworkAddress> parse_address(std::string_view text);

// Nobody listens at the phone's address. It is away, or has another port now.
struct NotThere : NotReady {
    using NotReady::NotReady;
};

struct DirectSettings {
    // Asked for once, when a phone is first greeted.
    std::function<crypto::AndroidKey()> key{};
    std::string owner{};
    std::chrono::milliseconds connect{5'000};
    std::chrono::milliseconds patience{10'000};
    GreetingWaits waits{};
};

// The serial of a phone is its address. Functions may be called from several threads at once.
class DirectTransport final : public Transport {
public:
    // `clock` outlives it.
    DirectTransport(DirectSettings settings, sys::Clock& clock);

    std::unique_ptr<PhoneStream> open(const std::string& serial, std::string_view service,
                                      const std::stop_token& stop) override;
    std::set<std::string> features(const std::string& serial, const std::stop_token& stop) override;
    bool is_ready(const std::string& serial, const std::stop_token& stop) override;
    std::chrono::milliseconds patience() const override { return settings_.patience; }

    // Connects unless there is a connection. Throws as open() does.
    Greeting greet_phone(const std::string& serial, const std::stop_token& stop);
    const crypto::AndroidKey& key();
    const DirectSettings& settings() const { return settings_; }

private:
    using Slot = Guarded<std::shared_ptr<Connection>>;

    std::shared_ptr<Connection> connection(const std::string& serial, const std::stop_token& stop);
    std::shared_ptr<Connection> dial(const NetworkAddress& address, const std::stop_token& stop);
    GreetedPhone dial_once(const NetworkAddress& address, const std::stop_token& stop);

    DirectSettings settings_;
    sys::Clock& clock_;
    Guarded<std::optional<crypto::AndroidKey>> key_{};
    Guarded<std::map<std::string, std::shared_ptr<Slot>>> slots_{};
};

}  // namespace lifeboat::phone::android
