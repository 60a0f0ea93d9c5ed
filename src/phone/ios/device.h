// One iPhone that this computer is paired with: it is watched, and its services are opened here.
#pragma once

#include "base/event.h"
#include "base/task_group.h"
#include "phone/ios/lockdown.h"
#include "phone/ios/usbmux.h"
#include "sys/clock.h"
#include "sys/random.h"

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

namespace lifeboat::phone::ios {

struct DeviceOptions {
    // How long the question "Trust This Computer?" may stay unanswered. usbmuxd gives up after 10
    // seconds, but the question may come only after 30.
    milliseconds trust_patience{120'000};
    milliseconds trust_interval{1'000};
    // How long an answer of lockdown or of a small service may take.
    milliseconds patience{30'000};
    // How long the backup service may say nothing: it looks through all its files before it sends
    // the first. Silence of at least `passcode_hint` behind the request means that the phone asks
    // for its passcode, which it does for half an hour.
    milliseconds backup_silence{20 * 60'000};
    // ... and in the middle of a transfer: large databases are compacted before they are sent.
    milliseconds transfer_silence{5 * 60'000};
    milliseconds passcode_patience{40 * 60'000};
    milliseconds passcode_hint{4'000};
};

// Watches the daemon and tells the presence when the phone goes, within milliseconds. One thread of
// its own.
class DeviceWatch {
public:
    // The events come first, then the caller connects: so no going is missed.
    DeviceWatch(const Usbmux& mux, uint64_t device_id, std::shared_ptr<Presence> presence,
                const std::stop_token& stop);
    // Ends at once.
    ~DeviceWatch();
    DeviceWatch(const DeviceWatch&) = delete;
    DeviceWatch& operator=(const DeviceWatch&) = delete;

private:
    std::shared_ptr<Presence> presence_;
    std::optional<UsbmuxEvents> events_;
    TaskGroup thread_;
};

// One thread, except for `presence`.
class Device {
public:
    // What the world outside must give; all outlive the device.
    struct World {
        const Usbmux& mux;
        sys::Clock& clock;
        sys::Random& random;
        EventSink& events;  // what the phone waits for
    };

    // Finds the phone, by cable rather than by network. Throws Waiting{connect} when it is not
    // there. `stop` ends every wait.
    Device(const World& world, const std::string& udid, DeviceOptions options,
           const std::stop_token& stop);
    ~Device();
    Device(const Device&) = delete;
    Device& operator=(const Device&) = delete;

    const MuxDevice& where() const { return where_; }
    const std::shared_ptr<Presence>& presence() const { return presence_; }

    // A conversation with lockdown that nobody else has: values before pairing.
    std::unique_ptr<Lockdown> lockdown();

    // Uses the computer's record when the phone still knows it and it is whole; otherwise pairs,
    // which asks the person to tap "Trust" and waits. Throws Waiting when that does not happen in
    // time.
    void ensure_paired();
    // Forgets this computer on the phone and the record here. False when there was no record.
    bool unpair();

    // After ensure_paired(), or with a record that is there; throws Waiting{not_paired} without
    // one. The conversation with lockdown stays open, and is opened again when the phone has ended
    // it.
    Lockdown& session();
    // A value, in the session.
    Lockdown::Answer look_up(std::string_view domain, std::string_view key);
    std::unique_ptr<Connection> open(std::string_view service, Escrow escrow = Escrow::without);
    // For a thread that ends before the device does: its own stop ends its waits.
    std::unique_ptr<Connection> open(std::string_view service, Escrow escrow,
                                     const std::stop_token& stop);

    const PairRecord& record();
    // With the bag where the record has one: services then start on a locked phone, too.
    Escrow best_escrow();

private:
    std::unique_ptr<Connection> connect(uint16_t port, const std::stop_token& stop);
    bool load_record();
    bool has_good_record();
    void pair();
    template <class Work>
    auto with_person(Work work);
    template <class Work>
    auto in_session(Work work);
    std::string make_uuid();

    World world_;
    DeviceOptions options_;
    std::stop_token stop_;
    MuxDevice where_{};
    std::shared_ptr<Presence> presence_;
    std::optional<DeviceWatch> watch_;
    std::optional<PairRecord> record_;
    std::unique_ptr<Lockdown> session_;
};

}  // namespace lifeboat::phone::ios
