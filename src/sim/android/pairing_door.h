// The phone's side of wireless pairing: a port that is open while the phone shows a code, for one
// try.
#pragma once

#include "sim/android/auth.h"
#include "sys/tls.h"

#include <functional>
#include <string>
#include <thread>

namespace lifeboat::sim::adb {

class PairingDoor {
public:
    // References outlive the door.
    struct Setup {
        std::string code{};
        std::string name{};  // what the phone calls itself
        const sys::TlsIdentity& identity;
        KeyStore& keys;
        std::function<void(std::string_view)> note{};
        std::function<void()> on_end{};  // nobody can pair any more; on a thread of the door
    };
    explicit PairingDoor(Setup setup);

    uint16_t port() const { return listener_.port(); }

private:
    void serve(const std::stop_token& stop);
    void pair(std::unique_ptr<sys::Socket> socket);

    Setup setup_;
    sys::Listener listener_;
    std::jthread thread_;
};

}  // namespace lifeboat::sim::adb
