// A stream of bytes to somebody else, in clear or under TLS: what protocols are spoken on.
#pragma once

#include "sys/stream_socket.h"

#include <memory>
#include <optional>
#include <utility>

namespace lifeboat::sys {

// One thread reads and writes; shutdown() may be called from any thread.
class Stream {
public:
    virtual ~Stream() = default;
    // At least one byte, 0 at the end, nothing when the read timeout passed in silence. Throws
    // ConnectionLost, Cancelled.
    virtual std::optional<size_t> read_unless_silent(MutableByteView out) = 0;
    // All of them. Throws ConnectionLost, TimedOut, Cancelled.
    virtual void write(ByteView bytes) = 0;
    virtual void set_timeouts(const SocketTimeouts& timeouts) = 0;
    virtual void shutdown() noexcept = 0;
    // Ends what this stream adds (TLS: says goodbye) and gives the socket below.
    virtual std::unique_ptr<Socket> release() = 0;
};

class ClearStream final : public Stream {
public:
    explicit ClearStream(std::unique_ptr<Socket> socket) : socket_(std::move(socket)) {}
    std::optional<size_t> read_unless_silent(MutableByteView out) override {
        return socket_->read_unless_silent(out);
    }
    void write(ByteView bytes) override { socket_->write(bytes); }
    void set_timeouts(const SocketTimeouts& timeouts) override { socket_->set_timeouts(timeouts); }
    void shutdown() noexcept override { socket_->shutdown(); }
    std::unique_ptr<Socket> release() override { return std::move(socket_); }

private:
    std::unique_ptr<Socket> socket_;
};

}  // namespace lifeboat::sys
