// The RSA key by which a computer is known to Android phones: it signs what they ask, and its
// public half stands in their list of computers.
#pragma once

#include "base/secret.h"
#include "base/time.h"

#include <memory>
#include <string>
#include <string_view>

namespace lifeboat::crypto {

class AndroidKey {
public:
    // PEM, as in ~/.android/adbkey. Throws Corrupt when it is no private RSA key of 2048 bits.
    explicit AndroidKey(SecretText pem);
    // A new one; takes some 100 ms.
    static AndroidKey make();
    AndroidKey(AndroidKey&&) noexcept;
    AndroidKey& operator=(AndroidKey&&) noexcept;
    ~AndroidKey();

    // PKCS#1 v1.5 over 20 bytes, taken as a SHA-1 digest.
    Bytes sign(ByteView token) const;
    // The line of adbkey.pub: base64 of Android's 524 bytes (u32 64, u32 -1/n mod 2^32, n and
    // R^2 mod n of 256 bytes each, u32 exponent; all little-endian), a blank, `owner`.
    std::string public_text(std::string_view owner) const;
    // Signed by itself, PEM.
    std::string certificate(TimePoint now) const;
    const SecretText& pem() const { return pem_; }

private:
    struct Parts;
    SecretText pem_;
    std::unique_ptr<Parts> parts_;
};

// The 524 bytes in base64 for the key of a certificate (DER): what a phone compares with its list.
// Empty when it has no RSA key of 2048 bits.
std::string android_key_of(ByteView certificate);

}  // namespace lifeboat::crypto
