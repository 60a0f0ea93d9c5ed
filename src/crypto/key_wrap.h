// Keys under keys: AES key wrap with a 256-bit key (RFC 3394, default initial value).
#pragma once

#include "base/bytes.h"
#include "base/secret.h"

#include <optional>

namespace lifeboat::crypto {

inline constexpr size_t key_wrap_overhead = 8;

// `key` has 32 bytes; `secret` a multiple of 8, at least 16. The result is 8 bytes longer.
Bytes wrap_key(ByteView key, ByteView secret);

// Nothing when this key did not wrap these bytes, or a bit of them has changed (or their length is
// none that wrapping makes).
std::optional<SecretBytes> unwrap_key(ByteView key, ByteView wrapped);

}  // namespace lifeboat::crypto
