// PBKDF2 (RFC 8018): a key from a password, by so and so many rounds of HMAC.
#pragma once

#include "base/bytes.h"
#include "base/secret.h"

#include <cstdint>

namespace lifeboat::crypto {

enum class Pbkdf2Hash { sha1, sha256 };

// `iterations` is 1 to 2^31 - 1; the time grows with it.
SecretBytes pbkdf2(Pbkdf2Hash hash, ByteView password, ByteView salt, uint32_t iterations,
                   size_t key_size);

}  // namespace lifeboat::crypto
