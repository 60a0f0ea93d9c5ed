// The iPhones that this computer's usbmux daemon sees.
#pragma once

#include "phone/ios/ios_phone.h"

#include <optional>
#include <string>
#include <vector>

namespace lifeboat::phone::ios {

// What a phone tells everybody, paired or not, locked or not.
struct Glance {
    std::string udid{};
    std::string model{};    // "iPhone 12"; empty when not told
    std::string version{};  // "17.6.1"; empty while the phone does not answer, as when it starts
    std::string build{};    // "21G93"
    std::optional<uint64_t> ecid{};  // the chip's own number
};

class IosBus final : public PhoneBus {
public:
    // `address` as usbmux_endpoint() takes it. The references outlive it; it outlives its phones.
    IosBus(const std::string& address, sys::Clock& clock, sys::Random& random, EventSink& events,
           DeviceOptions options = {});

    // Each phone once, by cable and by network alike. Without a daemon there are none: see
    // require_daemon(). Nothing appears on a phone's screen by this.
    std::vector<PhoneEntry> list(const std::stop_token& stop) override;
    // The same phones, asked for nothing that needs a pairing. A daemon that is not there, or has
    // just gone, sees none.
    std::vector<Glance> glances(const std::stop_token& stop) const;
    std::unique_ptr<Phone> connect(const PhoneId& id, const std::stop_token& stop) override;
    // The same, with what only iPhones can.
    std::unique_ptr<IosPhone> connect_iphone(const std::string& udid, const std::stop_token& stop);

    // Throws Missing, with how to install it, when no daemon runs.
    void require_daemon(const std::stop_token& stop) const;

    // Makes the phone trust this computer, waiting for its person as long as `patience`: the events
    // say what for. Does nothing when it does already. Other programs of this computer use the same
    // record. Throws NotReady.
    void pair(const std::string& udid, milliseconds patience, const std::stop_token& stop);
    // The phone forgets this computer, and this computer the phone. False: there was no pairing.
    bool forget(const std::string& udid, const std::stop_token& stop);

private:
    Device::World world() const { return {mux_, clock_, random_, events_}; }
    PhoneEntry look_at(const std::string& udid, const std::stop_token& stop) const;
    Glance glance_at(const std::string& udid, const std::stop_token& stop) const;
    void look_inside(PhoneEntry& entry, const std::stop_token& stop) const;

    Usbmux mux_;
    sys::Clock& clock_;
    sys::Random& random_;
    EventSink& events_;
    DeviceOptions options_;
};

}  // namespace lifeboat::phone::ios
