#include "phone/android/direct/stream_state.h"

#include "phone/phone.h"

#include <algorithm>

namespace lifeboat::phone::android {
namespace {

// An acknowledgement costs a packet: few large ones, long before the window is used up.
constexpr size_t acknowledge_at = StreamState::window / 16;
// More than this never comes from a phone that keeps the rules: a packet that crossed with ours.
constexpr size_t one_packet_more = 2u << 20;
// Packets of a few bytes are joined: each on its own would take many times its size.
constexpr size_t joined_up_to = 1024;
constexpr size_t joined_size = 64u << 10;

void keep(StreamState::State& state, Bytes payload) {
    const bool joins = !state.input.empty() && payload.size() < joined_up_to &&
                       state.input.back().size() < joined_size;
    if (joins)
        append(state.input.back(), payload);
    else
        state.input.push_back(std::move(payload));
}

}  // namespace

std::optional<uint32_t> StreamState::accept(Bytes payload) {
    return state_.update([&](State& state) -> std::optional<uint32_t> {
        const size_t limit =
            (flow_ == FlowControl::window ? size_t{window} : kept_ahead) + one_packet_more;
        if (state.unread + payload.size() > limit) {
            throw Garbled("the phone sends more than it may");
        }
        state.unread += payload.size();
        if (!payload.empty()) keep(state, std::move(payload));
        if (flow_ == FlowControl::window) return std::nullopt;
        state.owes = state.unread > kept_ahead;
        if (state.owes) return std::nullopt;
        return 0;
    });
}

void StreamState::acknowledged(uint32_t remote, ByteView payload) {
    if (!payload.empty() && payload.size() != 4) {
        throw Garbled("the phone acknowledges in a form that nobody knows");
    }
    state_.update([&](State& state) {
        if (state.remote == 0) state.remote = remote;
        if (state.remote != remote) return;
        if (flow_ == FlowControl::one_packet) {
            state.credit = 1;
        } else if (!payload.empty()) {
            state.credit += load_le<int32_t>(payload);
        }
    });
}

void StreamState::end(const std::string& broken) {
    state_.update([&](State& state) {
        state.ended = true;
        if (state.broken.empty()) state.broken = broken;
    });
}

void StreamState::shut() {
    state_.update([](State& state) { state.shut = true; });
}

StreamState::Read StreamState::take(MutableByteView out) {
    return state_.with([&](State& state) {
        Read read;
        while (read.got < out.size() && state.unread > 0) {
            const ByteView front = ByteView(state.input.front()).subspan(state.offset);
            const size_t count = std::min(front.size(), out.size() - read.got);
            std::copy_n(front.begin(), count, out.begin() + static_cast<ptrdiff_t>(read.got));
            read.got += count;
            state.unread -= count;
            state.offset += count;
            if (count < front.size()) break;
            state.input.pop_front();
            state.offset = 0;
        }
        state.owed += read.got;
        if (flow_ == FlowControl::window && state.owed >= acknowledge_at) {
            read.acknowledge = static_cast<uint32_t>(std::exchange(state.owed, 0));
        } else if (flow_ == FlowControl::one_packet && state.owes && state.unread <= kept_ahead) {
            state.owes = false;
            read.acknowledge = 0;
        }
        return read;
    });
}

}  // namespace lifeboat::phone::android
