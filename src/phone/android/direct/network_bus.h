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

// A phone takes another port whenever wireless debugging is switched on. One that does not listen
// where it did is asked for by its name (nearby.h), and followed to another port of the same host.
// Not to another host: a phone proves nothing to us but its address, and anybody in the network can
// call himself by its name.
struct Following {
    std::chrono::milliseconds limit{0};  // for the answer; zero: none is followed
    // Hears of each that was followed, where it was and where it is.
    std::function<void(const std::string& from, const std::string& to)> on_moved{};
};

class NetworkBus final : public PhoneBus {
public:
    // `clock` outlives it and its phones; so does the bus its phones.
    NetworkBus(std::vector<KnownPhone> known, DirectSettings settings, sys::Clock& clock,
               AndroidOptions options = {}, Following following = {});

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
    PhoneEntry entry_of(KnownPhone& phone, const std::stop_token& stop);
    bool greet(PhoneEntry& entry, const std::stop_token& stop);

    std::vector<KnownPhone> known_;
    DirectTransport transport_;
    sys::Clock& clock_;
    AndroidOptions options_;
    Following following_;
};

}  // namespace lifeboat::phone::android
