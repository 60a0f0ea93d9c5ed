// How a phone is reached: streams to its services, whoever carries them. The user's adb server
// does, or a connection of our own.
#pragma once

#include "base/bytes.h"
#include "phone/phone.h"
#include "sys/stream_socket.h"

#include <chrono>
#include <memory>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>

namespace lifeboat::phone::android {

// A stream to one service of the phone. One thread may read while another writes; shutdown() may be
// called from any thread. A stop of the token it was opened with ends reads and writes: they throw
// Cancelled.
class PhoneStream {
public:
    virtual ~PhoneStream() = default;

    // At least one byte, 0 at the orderly end, nothing when the read timeout passed in silence.
    // Throws sys::ConnectionLost, Cancelled.
    virtual std::optional<size_t> read_unless_silent(MutableByteView out) = 0;
    // The same; silence throws sys::TimedOut.
    size_t read(MutableByteView out);
    // Bytes are there, or the end: a read would not wait.
    virtual bool has_input() = 0;
    // All of them. Throws sys::ConnectionLost, sys::TimedOut, Cancelled.
    virtual void write(ByteView bytes) = 0;
    // False instead of a throw when they could not all be written.
    virtual bool try_write(ByteView bytes) = 0;

    virtual void set_timeouts(const sys::SocketTimeouts& timeouts) = 0;
    // A write below this many unsent bytes never waits for the phone, as far as can be.
    virtual void set_send_buffer(size_t bytes) = 0;
    // No more bytes in either direction; who blocks in read or write wakes up.
    virtual void shutdown() noexcept = 0;
};

// Functions may be called from several threads at once. All throw Temporary when the connection
// breaks, NotReady for a phone that is away or does not let us in.
class Transport {
public:
    virtual ~Transport() = default;

    // A stream to a service of the phone, as "sync:" or "shell,v2,raw:ls".
    virtual std::unique_ptr<PhoneStream> open(const std::string& serial, std::string_view service,
                                              const std::stop_token& stop) = 0;
    // What both the phone and the transport understand: "shell_v2", "sendrecv_v2".
    virtual std::set<std::string> features(const std::string& serial,
                                           const std::stop_token& stop) = 0;
    // Whether the phone is there and lets us in.
    virtual bool is_ready(const std::string& serial, const std::stop_token& stop) = 0;
    // How long a phone that vanished in the middle of work may take to come back.
    virtual std::chrono::milliseconds patience() const = 0;
};

}  // namespace lifeboat::phone::android
