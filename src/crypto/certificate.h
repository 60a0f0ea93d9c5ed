// RSA keys and X.509 certificates without names: what a computer and an iPhone give each other when
// they pair, and nothing more of that world.
#pragma once

#include "base/secret.h"
#include "base/time.h"

#include <string>
#include <string_view>

namespace lifeboat::crypto {

struct KeyPair {
    SecretText private_key{};  // PEM, PKCS#8
    std::string public_key{};  // PEM, PKCS#1: "BEGIN RSA PUBLIC KEY", as iPhones give theirs
};

// 2048 bits; takes some 100 ms. Throws Unsupported when the library cannot.
KeyPair make_rsa_key();

enum class CertificateUse {
    authority,  // may sign others
    end,
};

// A certificate (PEM) for `public_key` (PEM, PKCS#1 or SPKI), signed by `signer` (a private key in
// PEM) with SHA-256: version 3, serial number 0, no names, valid from the day before `now` for ten
// years. Throws Corrupt when a key cannot be read or is no RSA key.
std::string make_certificate(std::string_view public_key, std::string_view signer,
                             CertificateUse use, TimePoint now);

// When the certificate (PEM) begins to be valid. Throws Corrupt when it cannot be read.
TimePoint valid_from(const std::string& certificate);

}  // namespace lifeboat::crypto
