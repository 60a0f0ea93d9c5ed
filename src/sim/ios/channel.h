// One computer's stream to a service of the simulated iPhone: bytes and messages, in clear or TLS.
#pragma once

#include "item/item.h"
#include "phone/ios/plist_frame.h"
#include "sys/tls.h"

#include <memory>

namespace lifeboat::sim::ios {

namespace wire = phone::ios;

// One thread uses it. Everything throws sys::ConnectionLost when the computer hangs up, and
// Cancelled when the phone goes away.
class Channel final : public ByteSource {
public:
    explicit Channel(std::unique_ptr<sys::Socket> socket);

    size_t read(MutableByteView out) override;  // 0 at the end
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
    std::unique_ptr<sys::Stream> stream_;
};

}  // namespace lifeboat::sim::ios
