#include "sim/ios/channel.h"

#include "phone/ios/file_frames.h"
#include "sys/clock.h"

#include <algorithm>
#include <array>

namespace lifeboat::sim::ios {

namespace {

using std::chrono::milliseconds;

constexpr size_t most_ahead = size_t{1} << 20;
constexpr milliseconds for_ever{0};

}  // namespace

Channel::Channel(std::unique_ptr<sys::Socket> socket)
    : stream_(std::make_unique<sys::ClearStream>(std::move(socket))) {}

size_t Channel::read(MutableByteView out) {
    if (!ahead_.empty() && !out.empty()) {
        const size_t size = std::min(out.size(), ahead_.size());
        std::copy_n(ahead_.begin(), size, out.begin());
        ahead_.erase(ahead_.begin(), ahead_.begin() + static_cast<std::ptrdiff_t>(size));
        return size;
    }
    // A phone waits for its computer as long as the cable is plugged in.
    for (;;) {
        if (const auto got = stream_->read_unless_silent(out)) return *got;
        if (speak_) speak_();
    }
}

std::optional<size_t> Channel::read_for(milliseconds time, MutableByteView out) {
    stream_->set_timeouts({.read = time, .write = for_ever});
    const auto got = stream_->read_unless_silent(out);
    stream_->set_timeouts({.read = silence_, .write = for_ever});
    return got;
}

void Channel::pause(milliseconds time) {
    const sys::SystemClock clock;
    const auto end = clock.monotonic() + time;
    for (;;) {
        const auto left = std::chrono::ceil<milliseconds>(end - clock.monotonic());
        if (left <= milliseconds(0)) return;
        // What a computer sends that does not wait for its turn is kept, up to a limit.
        if (ahead_.size() > most_ahead) throw plist::Malformed("the computer does not listen");
        std::array<std::byte, 4096> some{};
        const auto got = read_for(left, some);
        if (!got) return;
        if (*got == 0) throw sys::ConnectionLost("the computer hung up");
        append(ahead_, ByteView(some).first(*got));
    }
}

void Channel::on_silence(milliseconds every, std::function<void()> speak) {
    silence_ = every;
    speak_ = std::move(speak);
    stream_->set_timeouts({.read = silence_, .write = for_ever});
}

Bytes Channel::read_exactly(size_t size) {
    return wire::read_block(*this, size);
}

plist::Value Channel::receive(const wire::FrameLimits& limits) {
    const size_t size = wire::parse_frame_length(read_exactly(wire::frame_length_size), limits);
    return wire::parse_frame_body(read_exactly(size), limits);
}

plist::Dict Channel::receive_dict() {
    plist::Value message = receive();
    if (message.dict() == nullptr) throw plist::Malformed("the computer sends no dictionary");
    return std::move(*message.dict());
}

void Channel::send(const plist::Value& message, plist::Format format) {
    stream_->write(wire::plist_frame(message, format));
}

Bytes Channel::start_tls(const sys::TlsIdentity& identity) {
    auto tls = std::make_unique<sys::TlsStream>(stream_->release(), sys::TlsRole::server, identity);
    tls->shake_hands();
    Bytes shown = tls->peer_certificate();
    stream_ = std::move(tls);
    return shown;
}

void Channel::stop_tls() {
    stream_ = std::make_unique<sys::ClearStream>(stream_->release());
}

}  // namespace lifeboat::sim::ios
