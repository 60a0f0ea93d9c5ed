// A simulated Android phone on a TCP port: what adb connects to, and what tests steer.
#pragma once

#include "base/task_group.h"
#include "sim/android/auth.h"
#include "sim/android/device.h"
#include "sim/android/link.h"
#include "sim/android/mdns_responder.h"
#include "sim/android/pairing_door.h"
#include "sim/android/providers/personal_maker.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace lifeboat::sim {

// Listens on 127.0.0.1 from start() to the end of its life. Every function may be called from any
// thread, before and while hosts are connected.
class AndroidPhone {
public:
    struct Config {
        std::string storage{};  // a folder of this machine: the phone's /sdcard
        std::string sd_card{};  // another one: /storage/1A2B-3C4D; may be empty
        std::string personality{"pixel-a15"};
        std::string serial{"SIM0000001"};
        uint16_t port = 0;  // 0: any free one
        adb::Consent consent = adb::Consent::accept;
        bool needs_key = true;
        bool wireless = false;  // TLS, as wireless debugging has it, for keys that are trusted
        bool mdns = false;      // says on loopback that it is there, as wireless debugging does
        bool root = false;      // "su" is there, and the shell may use it
        std::vector<std::string> trusted_keys{};      // texts of adbkey.pub
        std::optional<uint32_t> max_payload{};        // instead of the personality's
        std::vector<std::string> without_features{};  // taken from the personality's
        std::vector<std::string> denied{};            // folders below /sdcard that refuse
        std::chrono::milliseconds reboot_time{500};
        std::chrono::milliseconds content_start{0};    // see DeviceState
        android::PersonalCounts personal{};            // what its person has beside files
        std::function<void(std::string_view)> note{};  // what happens, for a log
    };

    AndroidPhone(Config config, sys::Clock& clock);
    ~AndroidPhone();
    AndroidPhone(const AndroidPhone&) = delete;
    AndroidPhone& operator=(const AndroidPhone&) = delete;

    // Returns the port. Throws Misuse when it is taken.
    uint16_t start();
    uint16_t port() const;
    std::string address() const;  // "127.0.0.1:port", the serial an adb server gives it

    Device& device() { return device_; }
    Faults& faults() { return device_.faults(); }

    void set_battery(int percent, bool charging);
    void set_wifi(Wifi wifi);
    void set_storage_locked(bool locked) { device_.storage().set_locked(locked); }
    void set_free_bytes(uint64_t bytes) { device_.storage().set_free_bytes(bytes); }
    // New photos as the camera takes them; their paths.
    std::vector<std::string> add_photos(size_t count);
    // Deletes `count` photos, spread over all of them; their paths.
    std::vector<std::string> lose_photos(size_t count);
    void lose(const std::string& path);
    // A new build, then a reboot: connections drop and come back after a moment.
    void install_update(std::string_view version);
    void reboot();
    // Off the wire, and back on the same port.
    void disappear();
    void come_back();
    // Drops the connections; hosts may come again at once.
    void drop_connections();
    void decide(adb::Consent consent);
    // "Pair device with pairing code": one try for a computer that knows it. The port it may come
    // to.
    uint16_t show_pairing_code(const std::string& code);
    // "Pair device with QR code": the text of the picture; the port it pairs at. Throws Misuse for
    // a text that no computer shows for this.
    uint16_t scan_picture(const std::string& text);
    void hide_pairing_code();
    // Wireless debugging off and on again: another port.
    uint16_t take_new_port();
    adb::KeyStore& keys() { return keys_; }
    size_t connections() const;

    // Makes what the configuration says, once more after a wipe.
    void fill_personal_data();

private:
    struct Connection {
        std::unique_ptr<adb::Link> link{};
        std::jthread thread{};
        bool ended = false;
    };
    struct Listening {
        uint16_t port = 0;
        bool away = false;  // nobody is answered
        std::optional<TimePoint> back_at{};
    };

    void listen();
    void accept_hosts(const std::stop_token& stop);
    void accept_one();
    void serve(Connection& connection);
    void reap();
    bool answers();
    adb::LinkSetup setup();
    const sys::TlsIdentity& tls_identity();
    std::string network_name() const;
    uint16_t open_pairing_door(const std::string& code, const std::string& instance);
    void say_where_it_is(bool there);
    std::vector<std::string> photos();

    Config config_;
    sys::Clock& clock_;
    Device device_;
    adb::KeyStore keys_;
    Guarded<adb::Consent> consent_;
    Guarded<std::unique_ptr<sys::TlsIdentity>> identity_;
    std::unique_ptr<adb::MdnsResponder> mdns_;  // from start() on, if it is wanted
    Guarded<std::unique_ptr<adb::PairingDoor>> pairing_;
    Guarded<Listening> listening_;
    Guarded<Fd> listener_;
    Guarded<std::list<Connection>> connections_;
    std::atomic<uint64_t> photo_seed_{1000};
    std::jthread acceptor_;
};

}  // namespace lifeboat::sim
