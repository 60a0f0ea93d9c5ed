// What both ends of a stream over a direct connection share: bytes that came, leave to send, and
// how it ended.
#pragma once

#include "base/bytes.h"
#include "base/guarded.h"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

namespace lifeboat::phone::android {

// How the two sides tell each other that more may be sent: one packet at a time, or a window of
// bytes in each direction ("delayed acks").
enum class FlowControl { one_packet, window };

// Two threads use it: the stream's owner, and the connection's reader.
class StreamState {
public:
    static constexpr uint32_t window = 32u << 20;   // what we grant, with delayed acks
    static constexpr size_t kept_ahead = 4u << 20;  // unread bytes up to which packets are welcome

    explicit StreamState(FlowControl flow) : flow_(flow) {}

    struct State {
        std::deque<Bytes> input{};
        size_t offset = 0;  // into the first of them
        size_t unread = 0;
        size_t owed = 0;      // read and not acknowledged, with a window
        bool owes = false;    // an acknowledgement, without one
        uint32_t remote = 0;  // 0: not open yet
        int64_t credit = 0;   // bytes, or packets
        bool ended = false;   // by the phone: what came before can be read
        bool shut = false;    // by us
        std::string broken{};
    };

    // The connection's reader. The acknowledgement to send, if one is due.
    std::optional<uint32_t> accept(Bytes payload);
    void acknowledged(uint32_t remote, ByteView payload);
    void end(const std::string& broken);
    void shut();

    struct Read {
        size_t got = 0;
        std::optional<uint32_t> acknowledge{};
    };
    // The owner: bytes that are there; with a full 0 at the end.
    Read take(MutableByteView out);

    FlowControl flow() const { return flow_; }
    Guarded<State>& guarded() { return state_; }
    uint32_t remote() const {
        return state_.with([](const State& s) { return s.remote; });
    }

private:
    FlowControl flow_;
    Guarded<State> state_;
};

}  // namespace lifeboat::phone::android
