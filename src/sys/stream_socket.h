// Stream sockets of this machine's own making: TCP and UNIX, with timeouts, closed by a stop.
#pragma once

#include "base/bytes.h"
#include "base/error.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

namespace lifeboat::sys {

using std::chrono::milliseconds;

// The other side hung up or broke the connection.
struct ConnectionLost : Temporary {
    using Temporary::Temporary;
};

// The other side said nothing, or took nothing, for as long as was agreed.
struct TimedOut : Temporary {
    using Temporary::Temporary;
};

struct SocketTimeouts {
    milliseconds connect{5'000};
    milliseconds read{30'000};  // zero: waits for ever (a stop still ends it)
    milliseconds write{30'000};
};

// One thread may read while another writes; shutdown() may be called from any thread. A stop of the
// token it was made with shuts it down: reads and writes then throw Cancelled.
class Socket {
public:
    Socket(int descriptor, std::string name, const std::stop_token& stop);
    ~Socket();
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;

    // At least one byte; 0 at the orderly end. Throws ConnectionLost, TimedOut, Cancelled.
    size_t read(MutableByteView out);
    // The same, but nothing when the read timeout passed in silence.
    std::optional<size_t> read_unless_silent(MutableByteView out);
    // Bytes are there, or the end: a read would not wait.
    bool has_input() const noexcept;
    // All of them. Throws ConnectionLost, TimedOut, Cancelled.
    void write(ByteView bytes);
    // False instead of a throw when they could not all be written.
    bool try_write(ByteView bytes);

    void set_timeouts(const SocketTimeouts& timeouts);
    // Room for this many unsent bytes, as far as the system allows: a write below it never blocks.
    void set_send_buffer(size_t bytes);
    // No more bytes in either direction; who blocks in read or write wakes up.
    void shutdown() noexcept;
    // The other side sees the end of what was written; reading goes on.
    void end_writing() noexcept;
    const std::string& name() const { return name_; }

private:
    [[noreturn]] void fail(const char* doing) const;

    int descriptor_;
    bool is_tcp_ = false;
    std::string name_;
    std::stop_token stop_;
    std::optional<std::stop_callback<std::function<void()>>> on_stop_;
};

// Nothing when nobody listens there. Throws Temporary when the connection fails otherwise.
std::unique_ptr<Socket> connect_tcp(const std::string& host, uint16_t port,
                                    const SocketTimeouts& timeouts, const std::stop_token& stop);
std::unique_ptr<Socket> connect_unix(const std::string& path, const SocketTimeouts& timeouts,
                                     const std::stop_token& stop);

// Two ends of one connection inside this process: for tests of what speaks on sockets.
struct SocketPair {
    std::unique_ptr<Socket> first;
    std::unique_ptr<Socket> second;
};
SocketPair socket_pair(const std::stop_token& stop);

// Waits for callers on the loopback interface.
class Listener {
public:
    // Port 0 lets the system choose. Throws Temporary when the port is taken.
    explicit Listener(uint16_t port);
    ~Listener();
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    uint16_t port() const { return port_; }
    // Nothing when `stop` was requested.
    std::unique_ptr<Socket> accept(const std::stop_token& stop);

private:
    int descriptor_;
    uint16_t port_ = 0;
};

}  // namespace lifeboat::sys
