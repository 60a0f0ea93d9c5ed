// A simulated iPhone and the usbmux daemon it hangs on: what computers connect to, and what tests
// steer.
#pragma once

#include "sim/ios/device.h"
#include "sim/ios/usbmux_server.h"
#include "sim/ios/world/world.h"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lifeboat::sim {

// Any thread.
class Iphone {
public:
    struct Config {
        std::string world{};  // a folder of this machine: all that the phone holds and remembers
        std::string personality{"ios17"};
        std::string udid{};  // instead of the personality's
        // What a world that is new is filled with; nothing: it stays empty.
        std::optional<ios::WorldOptions> content{};
        std::string unix_path{};  // of the daemon's socket; may be empty
        uint16_t port = 0;        // of the daemon on 127.0.0.1; 0: any free one
        bool over_network = false;
        std::chrono::milliseconds reboot_time{500};
        std::function<void(std::string_view)> note{};  // what happens, for a log
    };

    Iphone(Config config, sys::Clock& clock);
    ~Iphone();
    Iphone(const Iphone&) = delete;
    Iphone& operator=(const Iphone&) = delete;

    // Plugs the phone in; the daemon's port. Throws Misuse when it cannot listen.
    uint16_t start();
    uint16_t port() const { return server_->port(); }

    ios::Device& device() { return device_; }
    ios::Faults& faults() { return device_.faults(); }

    // Off the bus and back.
    void disappear() { server_->detach(); }
    bool is_plugged() const { return server_->is_attached(); }
    void come_back();
    void drop_connections() { server_->drop_streams(); }
    // Gone, and back after the reboot time.
    void reboot();
    struct Loss {
        std::string id{};  // a class of ios::losable_classes()
        uint64_t count = 0;
    };
    // Gone, the databases migrated, some rows lost where that is asked for, and back. Throws
    // Misuse, before anything happens, for what is no version, or is older, and for a class that is
    // none. The identities of what is lost.
    std::vector<std::string> install_update(std::string_view version,
                                            const std::vector<Loss>& losses = {});

    // What is on the phone, as it is dated now. One at a time.
    ios::World content() const;

private:
    ios::UsbmuxServer::Serve serve_port(uint16_t port);
    void run_lockdown(std::unique_ptr<sys::Socket> socket);
    void run_opened(const ios::OpenPort& port, std::unique_ptr<sys::Socket> socket);

    Config config_;
    sys::Clock& clock_;
    bool is_new_;
    ios::Device device_;
    std::unique_ptr<ios::UsbmuxServer> server_;
    Guarded<std::jthread> rebooting_;
};

}  // namespace lifeboat::sim
