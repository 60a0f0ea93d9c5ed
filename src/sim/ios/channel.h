// One computer's stream to a service of the simulated iPhone: bytes and messages, in clear or TLS.
#pragma once

#include "item/item.h"
#include "phone/ios/plist_frame.h"
#include "sys/tls.h"

#include <chrono>
#include <functional>
#include <memory>

namespace lifeboat::sim::ios {

namespace wire = phone::ios;

// One thread uses it. Everything throws sys::ConnectionLost when the computer hangs up, and
// Cancelled when the phone goes away.
class Channel final : public ByteSource {
public:
    explicit Channel(std::unique_ptr<sys::Socket> socket);

    size_t read(MutableByteView out) override;  // 0 at the end
    // Sleeps, and notices meanwhile that the computer hangs up or the phone goes away.
    void pause(std::chrono::milliseconds time);
    // Called again and again, from read(), while the computer says nothing: for services that speak
    // first.
    void on_silence(std::chrono::milliseconds every, std::function<void()> speak);
    Bytes read_exactly(size_t size);
    void write(ByteView bytes) { stream_->write(bytes); }

    plist::Value receive(const wire::FrameLimits& limits = wire::service_limits);
    // The next message that is a dictionary; throws Malformed for anything else.
    plist::Dict receive_dict();
    void send(const plist::Value& message, plist::Format format = plist::Format::xml);

    // The phone is the server. Returns the certificate that the computer showed (DER).
    Bytes start_tls(const sys::TlsIdentity& identity);
    void stop_tls();

private:
    std::optional<size_t> read_for(std::chrono::milliseconds time, MutableByteView out);

    std::unique_ptr<sys::Stream> stream_;
    Bytes ahead_{};  // came during a pause
    std::chrono::milliseconds silence_{0};
    std::function<void()> speak_{};
};

}  // namespace lifeboat::sim::ios
