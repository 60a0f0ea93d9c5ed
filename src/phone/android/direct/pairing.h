// Wireless pairing (Android 11 and newer): a code that both know becomes trust in a key. It is six
// digits that the phone shows, or the password in a picture that the phone has read.
// Both ends speak it alike; design and numbers are those of Android's own adb.
//
// Under TLS 1.3, whose certificates nobody checks, both send a SPAKE2 message made of the code
// and of bytes that only this TLS connection has; then each sends who it is, sealed with the key
// that came of it. Packets: u8 version 1, u8 kind (0 SPAKE2, 1 who it is), u32 big-endian length.
#pragma once

#include "base/secret.h"
#include "crypto/android_key.h"
#include "crypto/spake2.h"
#include "sys/random.h"
#include "sys/tls.h"

#include <chrono>
#include <string>
#include <string_view>

namespace lifeboat::phone::android {

// The wrong code, or somebody between the two.
struct WrongCode : Denied {
    using Denied::Denied;
};

enum class PairingEnd { computer, phone };

// "592781": six digits and nothing else, as a phone shows them.
bool is_pairing_code(std::string_view text);

// What one end tells the other about itself.
struct PeerInfo {
    enum class Kind : uint8_t { public_key = 0, device_name = 1 };
    Kind kind = Kind::public_key;
    std::string text{};  // the line of adbkey.pub, or "adb-SERIAL-..."; at most 8190 bytes, no NUL
    bool operator==(const PeerInfo&) const = default;
};

// Both exchanges, on a stream whose hands are shaken. What the other end is. Throws WrongCode;
// Corrupt for what no pairing sends; what the stream throws.
PeerInfo exchange_pairing(sys::TlsStream& stream, PairingEnd end, const SecretText& code,
                          const PeerInfo& mine, sys::Random& random);

struct PairingRequest {
    std::string host{};
    uint16_t port = 0;
    const SecretText& code;  // any text but none
    const crypto::AndroidKey& key;
    std::string owner{};  // "ada@laptop"
    TimePoint now{};
    std::chrono::milliseconds answer{30'000};  // for the phone's next word
};

// Makes the phone that knows the code trust the key. Its name for itself. Throws WrongCode,
// NotReady when nobody listens there, what exchange_pairing throws.
std::string pair_with_phone(const PairingRequest& request, sys::Random& random,
                            const std::stop_token& stop);

}  // namespace lifeboat::phone::android
