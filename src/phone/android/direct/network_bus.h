// Android phones in the network that a person made known, reached without an adb server.
#pragma once

#include "phone/android/android_phone.h"
#include "phone/android/direct/direct_transport.h"

namespace lifeboat::phone::android {

struct KnownPhone {
    std::string address{};   // "10.0.0.7:37215"
    std::string hardware{};  // its serial number; may be empty
    std::string model{};
    bool operator==(const KnownPhone&) const = default;
};

class NetworkBus final : public PhoneBus {
public:
    // `clock` outlives it and its phones; so does the bus its phones.
    NetworkBus(std::vector<KnownPhone> known, DirectSettings settings, sys::Clock& clock,
               AndroidOptions options = {});

    std::vector<PhoneEntry> list(const std::stop_token& stop) override;
    // Throws Missing for one that nobody made known.
    std::unique_ptr<Phone> connect(const PhoneId& id, const std::stop_token& stop) override;

    // Who answers there, for making it known. Waits `person` for somebody to tap "Allow"; `on_wait`
    // is called when it begins to wait. Throws as connecting does.
    struct Question {
        std::string address{};
        std::chrono::milliseconds person{0};
        std::function<void()> on_wait{};
    };
    KnownPhone look_at(const Question& question, const std::stop_token& stop);
    const crypto::AndroidKey& key() { return transport_.key(); }
    const DirectSettings& settings() const { return transport_.settings(); }

private:
    PhoneEntry entry_of(const KnownPhone& phone, const std::stop_token& stop);

    std::vector<KnownPhone> known_;
    DirectTransport transport_;
    sys::Clock& clock_;
    AndroidOptions options_;
};

}  // namespace lifeboat::phone::android
