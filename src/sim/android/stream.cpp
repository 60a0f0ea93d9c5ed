#include "sim/android/stream.h"

#include "base/error.h"

#include <algorithm>
#include <utility>

namespace lifeboat::sim::adb {

namespace {

constexpr size_t input_limit = 4u << 20;  // as the socket pair between adbd and its services
// More than any host may send without an OKAY: the window of delayed acks and the buffer above.
constexpr size_t input_maximum = 64u << 20;

}  // namespace

Stream::Stream(Channel& channel, uint32_t local, uint32_t remote, FlowControl flow)
    : channel_(channel), local_(local), remote_(remote), delayed_acks_(flow.delayed_acks) {
    state_.with([&](State& state) { state.credit = flow.delayed_acks ? flow.window : 1; });
}

size_t Stream::read(MutableByteView into) {
    size_t count = 0;
    const auto use = [&](State& state) {
        if (state.closed && state.input_size == 0) return;
        count = consume(state, into);
        if (state.owes && state.input_size <= input_limit) acknowledge(state);
    };
    state_.wait(
        {}, [](const State& s) { return s.closed || s.input_size > 0; }, use);
    return count;
}

size_t Stream::consume(State& state, MutableByteView into) {
    size_t done = 0;
    while (done < into.size() && state.input_size > 0) {
        const ByteView front = ByteView(state.input.front()).subspan(state.input_offset);
        const size_t count = std::min(front.size(), into.size() - done);
        std::copy_n(front.begin(), count, into.begin() + static_cast<ptrdiff_t>(done));
        done += count;
        state.input_size -= count;
        state.input_offset += count;
        if (count < front.size()) break;
        state.input.pop_front();
        state.input_offset = 0;
    }
    return done;
}

bool Stream::read_exact(MutableByteView into) {
    while (!into.empty()) {
        const size_t count = read(into);
        if (count == 0) return false;
        into = into.subspan(count);
    }
    return true;
}

void Stream::write(ByteView data) {
    const size_t limit = channel_.max_payload();
    const auto may_go = [](const State& s) { return s.credit > 0 && s.backlog.empty(); };
    while (!data.empty()) {
        size_t direct = 0;
        size_t queued = 0;
        const auto use = [&](State& state) {
            if (state.closed) return;
            if (may_go(state)) {
                direct = std::min(data.size(), limit);
                spend(state, direct);
            } else {
                queued = std::min(data.size(), limit - state.backlog.size());
                if (state.backlog.size() + queued > state.backlog.capacity()) {
                    state.backlog.reserve(std::max(limit, state.backlog.size() + queued));
                }
                append(state.backlog, data.first(queued));
            }
        };
        state_.wait(
            {}, [&](const State& s) { return s.closed || may_go(s) || s.backlog.size() < limit; },
            use);
        if (direct + queued == 0) throw Cancelled{};
        if (direct > 0) channel_.send_data(local_, remote_, data.first(direct));
        data = data.subspan(direct + queued);
    }
}

void Stream::spend(State& state, size_t bytes) {
    state.credit -= delayed_acks_ ? static_cast<int64_t>(bytes) : 1;
}

void Stream::finish(uint32_t closes) {
    state_.update([&](State& state) {
        if (state.closed) return;
        state.closes = closes;
        if (state.backlog.empty()) send_closes(state);
    });
}

void Stream::send_closes(State& state) {
    for (; state.closes > 0; --state.closes) channel_.queue(Command::clse, local_, remote_);
    state.closed = true;
}

void Stream::accept(Bytes payload) {
    state_.update([&](State& state) {
        if (state.closed) return;
        if (state.input_size + payload.size() > input_maximum) {
            throw Corrupt("the host sends more than it was allowed to");
        }
        state.owes = true;
        state.owed += payload.size();
        state.input_size += payload.size();
        if (!payload.empty()) state.input.push_back(std::move(payload));
        // The OKAY is queued before the service can see the bytes: it never follows their answer.
        if (state.input_size <= input_limit) acknowledge(state);
    });
}

void Stream::acknowledge(State& state) {
    Bytes count;
    if (delayed_acks_) append_le<uint32_t>(count, static_cast<uint32_t>(state.owed));
    channel_.queue(Command::okay, local_, remote_, count);
    state.owes = false;
    state.owed = 0;
}

void Stream::okay(std::optional<int32_t> acked) {
    const bool waiting = state_.update([&](State& state) {
        state.credit = delayed_acks_ ? state.credit + acked.value_or(0) : 1;
        return state.credit > 0 && !state.backlog.empty();
    });
    if (waiting) channel_.ready(shared_from_this());
}

void Stream::close() {
    state_.update([](State& state) {
        state.closed = true;
        state.backlog.clear();
        state.input.clear();
        state.input_size = state.input_offset = 0;
    });
}

bool Stream::take(Bytes& data) {
    return state_.update([&](State& state) {
        if (state.closed || state.credit <= 0 || state.backlog.empty()) return false;
        data.clear();
        data.swap(state.backlog);
        spend(state, data.size());
        if (state.closes > 0) send_closes(state);
        return true;
    });
}

}  // namespace lifeboat::sim::adb
