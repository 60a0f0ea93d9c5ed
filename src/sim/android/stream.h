// One stream of an adb connection, as the service on the phone sees it: bytes in, bytes out.
#pragma once

#include "base/guarded.h"
#include "sim/android/channel.h"

#include <deque>
#include <memory>
#include <optional>

namespace lifeboat::sim::adb {

// How the two sides tell each other that more may be sent.
struct FlowControl {
    bool delayed_acks = false;
    int64_t window = 0;  // bytes the host takes before its first OKAY, with delayed acks
};

// Two threads use it: the service (read, write, finish) and the connection's reader (accept, okay,
// close). read and write throw Cancelled once the host or the connection is gone.
class Stream : public std::enable_shared_from_this<Stream> {
public:
    Stream(Channel& channel, uint32_t local, uint32_t remote, FlowControl flow);

    uint32_t local() const { return local_; }
    uint32_t remote() const { return remote_; }
    size_t unread() const {
        return state_.with([](const State& s) { return s.input_size; });
    }
    bool closed() const {
        return state_.with([](const State& s) { return s.closed; });
    }

    // At least one byte, unless the host has closed its side: then 0.
    size_t read(MutableByteView into);
    // All of it; false when the stream ends before. A partial end is false as well.
    bool read_exact(MutableByteView into);
    void write(ByteView data);
    // The service is done: CLSE follows the last byte, `closes` times as real phones repeat it.
    void finish(uint32_t closes);

    void accept(Bytes payload);
    void okay(std::optional<int32_t> acked);
    void close();

    // For the channel: the next payload the host is ready for.
    bool take(Bytes& data);

private:
    struct State {
        std::deque<Bytes> input{};
        size_t input_offset = 0;  // into the first of them
        size_t input_size = 0;
        size_t owed = 0;      // bytes taken in and not yet acknowledged
        bool owes = false;    // an OKAY, also for a payload of no bytes
        Bytes backlog{};      // waits for the host's OKAY
        int64_t credit = 0;   // bytes; without delayed acks 1 or 0 packets
        uint32_t closes = 0;  // CLSE packets to send once the backlog is gone
        bool closed = false;
    };

    void acknowledge(State& state);
    void send_closes(State& state);
    void spend(State& state, size_t bytes);
    size_t consume(State& state, MutableByteView into);

    Channel& channel_;
    uint32_t local_;
    uint32_t remote_;
    bool delayed_acks_;
    Guarded<State> state_;
};

}  // namespace lifeboat::sim::adb
