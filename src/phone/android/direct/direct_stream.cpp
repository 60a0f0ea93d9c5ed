#include "phone/android/direct/direct_stream.h"

#include <algorithm>

namespace lifeboat::phone::android {
namespace {

using State = StreamState::State;

constexpr std::chrono::milliseconds for_ever = std::chrono::hours(24 * 365);

std::chrono::milliseconds longest(std::chrono::milliseconds wait) {
    return wait.count() == 0 ? for_ever : wait;
}

}  // namespace

DirectStream::DirectStream(std::shared_ptr<Connection> connection,
                           std::shared_ptr<StreamState> state, uint32_t local,
                           const std::stop_token& stop)
    : connection_(std::move(connection)),
      state_(std::move(state)),
      local_(local),
      stop_(stop),
      read_wait_(sys::SocketTimeouts{}.read),
      write_wait_(sys::SocketTimeouts{}.write),
      // Nothing wakes a write into a full socket but the end of the connection.
      on_stop_(stop, [this] {
          if (sending_) connection_->shutdown();
      }) {}

DirectStream::~DirectStream() {
    const auto [remote, ended] =
        state_->guarded().with([](const State& s) { return std::pair(s.remote, s.ended); });
    connection_->forget(local_);
    if (remote != 0 && !ended) connection_->queue(Command::clse, local_, remote);
}

void DirectStream::set_timeouts(const sys::SocketTimeouts& timeouts) {
    read_wait_ = timeouts.read;
    write_wait_ = timeouts.write;
}

void DirectStream::shutdown() noexcept {
    state_->shut();
}

std::string DirectStream::why_broken() const {
    return state_->guarded().with([](const State& s) { return s.broken; });
}

std::optional<size_t> DirectStream::read_unless_silent(MutableByteView out) {
    if (out.empty()) return 0;
    const bool ready = state_->guarded().wait_for(longest(read_wait_), stop_, [](const State& s) {
        return s.unread > 0 || s.ended || s.shut;
    });
    if (stop_.stop_requested()) throw Cancelled();
    if (!ready) return std::nullopt;
    const auto read = state_->take(out);
    if (read.acknowledge) connection_->acknowledge(*state_, local_, *read.acknowledge);
    if (read.got > 0) return read.got;
    if (const std::string broken = why_broken(); !broken.empty()) throw sys::ConnectionLost(broken);
    return 0;
}

bool DirectStream::has_input() {
    return state_->guarded().with([](const State& s) { return s.unread > 0 || s.ended || s.shut; });
}

DirectStream::Waited DirectStream::wait_to_write() {
    const bool ready = state_->guarded().wait_for(longest(write_wait_), stop_, [](const State& s) {
        return s.credit > 0 || s.ended || s.shut;
    });
    if (stop_.stop_requested()) throw Cancelled();
    if (!ready) return Waited::silent;
    const bool over = state_->guarded().with([](const State& s) { return s.ended || s.shut; });
    return over ? Waited::ended : Waited::ready;
}

bool DirectStream::try_write(ByteView bytes) {
    try {
        write(bytes);
        return true;
    } catch (const Temporary&) {
        return false;
    }
}

void DirectStream::write(ByteView bytes) {
    struct Flag {
        std::atomic<bool>& on;
        explicit Flag(std::atomic<bool>& flag) : on(flag) { on = true; }
        ~Flag() { on = false; }
    };
    while (!bytes.empty()) {
        const Waited waited = wait_to_write();
        if (waited == Waited::silent) throw sys::TimedOut("the phone takes no more bytes");
        if (waited == Waited::ended) {
            const std::string broken = why_broken();
            throw sys::ConnectionLost(broken.empty() ? "the phone closed the stream" : broken);
        }
        const ByteView piece =
            bytes.first(std::min<size_t>(bytes.size(), connection_->greeting().max_payload));
        const auto remote = state_->guarded().with([&](State& s) {
            s.credit -=
                state_->flow() == FlowControl::window ? static_cast<int64_t>(piece.size()) : 1;
            return s.remote;
        });
        const Flag sending(sending_);
        if (stop_.stop_requested()) throw Cancelled();
        connection_->send(Command::wrte, local_, remote, piece);
        bytes = bytes.subspan(piece.size());
    }
}

}  // namespace lifeboat::phone::android
