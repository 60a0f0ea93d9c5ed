#include "sim/ios/channel.h"

#include "phone/ios/file_frames.h"

namespace lifeboat::sim::ios {

Channel::Channel(std::unique_ptr<sys::Socket> socket)
    : stream_(std::make_unique<sys::ClearStream>(std::move(socket))) {}

size_t Channel::read(MutableByteView out) {
    // A phone waits for its computer as long as the cable is plugged in.
    for (;;) {
        if (const auto got = stream_->read_unless_silent(out)) return *got;
    }
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
