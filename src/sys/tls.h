// TLS between two that know each other's certificates from a pairing, not from an authority.
//
// Made for iPhones: certificates without names, of which only the key counts. So nothing is said
// about chains, dates or host names; who wants to know whom it talks to compares keys.
#pragma once

#include "base/secret.h"
#include "sys/stream.h"

#include <memory>
#include <string>

namespace lifeboat::sys {

// The other side cannot or will not speak TLS with us.
struct TlsFailed : Temporary {
    using Temporary::Temporary;
};

struct TlsIdentity {
    std::string certificate{};  // PEM
    SecretText key{};           // PEM
};

enum class TlsRole {
    client,
    server,  // asks for a certificate, and takes any: compare it
};

enum class TlsVersions { all, only_1_3 };

// Once hands are shaken, one thread may read while another writes.
class TlsStream final : public Stream {
public:
    // Throws Corrupt when the identity is none.
    TlsStream(std::unique_ptr<Socket> socket, TlsRole role, const TlsIdentity& identity,
              TlsVersions versions = TlsVersions::all);
    ~TlsStream() override;

    // Comes first. Throws TlsFailed, ConnectionLost, TimedOut, Cancelled.
    void shake_hands();

    std::optional<size_t> read_unless_silent(MutableByteView out) override;
    void write(ByteView bytes) override;
    void set_timeouts(const SocketTimeouts& timeouts) override;
    void shutdown() noexcept override;
    // Says goodbye and reads the other side's, without insisting on it. Who says goodbye first must
    // also be the first to speak in clear.
    std::unique_ptr<Socket> release() override;

    // The other side's certificate (DER); empty when it showed none.
    Bytes peer_certificate() const;
    std::string version() const;  // "TLSv1.2"
    // Bytes that only the two ends of this stream know (RFC 8446, 7.5), without a context.
    SecretBytes exported(std::string_view label, size_t size) const;

private:
    struct Session;
    struct Parts;

    void send_pending();
    bool encrypt(ByteView bytes);
    // Nothing on silence, false at the end.
    std::optional<bool> receive_more();

    std::unique_ptr<Socket> socket_;
    std::unique_ptr<Parts> parts_;
};

// Whether a certificate (DER) and one in PEM are for the same key. Throws Corrupt when one of them
// cannot be read.
bool same_key(ByteView certificate, const std::string& pem);

}  // namespace lifeboat::sys
