// The simulated iPhone itself, as all its services share it: who it is, what state it is in, whom
// it trusts, which ports it has open.
#pragma once

#include "base/guarded.h"
#include "base/secret.h"
#include "plist/plist.h"
#include "sim/ios/backup_keybag.h"
#include "sim/ios/faults.h"
#include "sim/ios/personality.h"
#include "sys/clock.h"

#include <functional>
#include <map>
#include <optional>
#include <string>

namespace lifeboat::sim::ios {

// A computer that the person allowed, as it was when it paired.
struct Pairing {
    std::string host_id{};
    std::string system_buid{};
    std::string device_certificate{};  // PEM, as are the others
    std::string host_certificate{};
    std::string root_certificate{};
    Bytes escrow_bag{};
};

enum class Consent { accept, deny, wait };

struct DeviceState {
    Personality who{};
    std::string name{};
    int battery = 84;
    bool charging = true;
    bool find_my = false;
    bool locked = false;  // by its passcode: services that need the person refuse
    // Since its start nobody has unlocked it: no computer gets in, whatever it knows.
    bool awaits_first_unlock = false;
    bool locks_on_reboot = false;  // as real phones do
    bool passcode_set = true;
    bool setup_done = true;
    bool will_encrypt = false;
    bool requires_encryption = false;  // a company's rule
    bool wifi_sync = false;
    bool cloud_backup = false;
    // When iCloud last saved it; nothing: never.
    std::optional<TimePoint> last_cloud_backup{};
    uint64_t disk_capacity = uint64_t{128} << 30;
    uint64_t disk_free = uint64_t{40} << 30;
    KeybagCost keybag_cost{};  // of the next backup password
    Consent consent = Consent::accept;
    uint64_t boots = 1;
};

// An open port of the phone: one connection may come, then it is closed.
struct OpenPort {
    std::string service{};
    std::string host_id{};
};

// Any thread.
class Device {
public:
    // `world` is a folder: files/<Domain>/<relative path> is what the phone holds, phone.plist what
    // it remembers. Both are made when they are missing.
    Device(std::string world, Personality who, sys::Clock& clock);

    std::string udid() const {
        return state_.with([](const DeviceState& s) { return s.who.udid; });
    }
    DeviceState state() const {
        return state_.with([](const DeviceState& s) { return s; });
    }
    // What the phone remembers over a restart is written before this returns.
    void change(const std::function<void(DeviceState&)>& change);
    Faults& faults() { return faults_; }
    sys::Clock& clock() { return clock_; }
    const std::string& world() const { return world_; }
    std::string files() const { return world_ + "/files"; }
    std::string domain_folder(std::string_view domain) const;
    std::string media_folder() const { return domain_folder("CameraRollDomain") + "/Media"; }

    // The phone's own key: made once.
    const std::string& public_key() const { return public_key_; }
    const SecretText& private_key() const { return private_key_; }

    std::optional<Pairing> pairing(std::string_view host_id) const;
    void trust(Pairing pairing);
    void forget(std::string_view host_id);
    void forget_all();
    size_t pairing_count() const;

    // A free port for one connection to `service`.
    uint16_t open_port(OpenPort port);
    std::optional<OpenPort> take_port(uint16_t number);
    // Told of each port before a computer is. Before the phone is started.
    void on_open_port(std::function<void(uint16_t)> tell) { tell_port_ = std::move(tell); }

    // lockdown's values; the root is "". Unknown domains are empty.
    plist::Dict values(std::string_view domain) const;
    // Root values that everybody may read.
    static bool is_public(std::string_view key);

    // What the backup service keeps beside the files (the state of an unfinished backup, the
    // keybag): part of phone.plist.
    plist::Dict memory(std::string_view key) const;
    void remember(std::string_view key, plist::Dict value);

    // Only one backup, restore or change of password at a time: false when one is under way.
    bool begin_backup();
    void end_backup();

    // Notifications between services and computers that observe them.
    void post(const std::string& notification);
    size_t notification_count() const;
    std::vector<std::string> notifications_since(size_t index) const;

private:
    void load();
    void save() const;
    plist::Dict root_values() const;

    std::string world_;
    sys::Clock& clock_;
    Faults faults_;
    Guarded<DeviceState> state_;
    Guarded<std::map<std::string, Pairing, std::less<>>> pairings_;
    struct Ports {
        uint16_t next = 49152;
        std::map<uint16_t, OpenPort> open{};
    };
    Guarded<Ports> ports_;
    std::function<void(uint16_t)> tell_port_{};
    Guarded<plist::Dict> memory_;
    Guarded<bool> backing_up_{false};
    Guarded<std::vector<std::string>> notifications_;
    // One writer at a time, or a late one would put back what an earlier one had read.
    struct OneWriter {};
    mutable Guarded<OneWriter> writing_;
    std::string public_key_;
    SecretText private_key_;
};

}  // namespace lifeboat::sim::ios
