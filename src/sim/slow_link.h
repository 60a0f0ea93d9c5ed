// A wire with the delay and the rate of a real one, between an adb server and a simulated phone
// that would else talk at the speed of memory.
#pragma once

#include "base/guarded.h"
#include "sys/clock.h"
#include "sys/stream_socket.h"

#include <chrono>
#include <cstdint>
#include <list>
#include <memory>
#include <thread>

namespace lifeboat::sim {

// Listens on 127.0.0.1 as long as it lives.
class SlowLink {
public:
    struct Config {
        uint16_t to = 0;    // a port of 127.0.0.1: what is at the other end
        uint16_t port = 0;  // 0: any free one
        std::chrono::microseconds round_trip{0};
        uint64_t bytes_per_second = 0;  // in each direction, shared by all connections; 0: no limit
    };
    explicit SlowLink(Config config);
    ~SlowLink();
    SlowLink(const SlowLink&) = delete;
    SlowLink& operator=(const SlowLink&) = delete;

    uint16_t port() const { return listener_.port(); }

private:
    struct Connection;
    // When the wire is free again, since some moment; one for each direction.
    using Wire = Guarded<std::chrono::nanoseconds>;

    void accept_all(const std::stop_token& stop);
    // Nothing when nobody listens there, or when this is to end.
    std::unique_ptr<sys::Socket> call_phone(const std::stop_token& stop) const;
    void carry(sys::Socket& from, sys::Socket& to, Wire& wire, const std::stop_token& stop);
    std::chrono::nanoseconds due(Wire& wire, size_t bytes) const;

    Config config_;
    sys::SystemClock clock_{};
    sys::Listener listener_;
    Wire up_{};
    Wire down_{};
    std::list<std::unique_ptr<Connection>> connections_;  // the acceptor's
    std::jthread acceptor_{};
};

}  // namespace lifeboat::sim
