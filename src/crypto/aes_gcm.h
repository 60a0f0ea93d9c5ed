// AES-128-GCM: short messages sealed under a nonce of the caller's, opened only when untouched.
#pragma once

#include "base/bytes.h"

namespace lifeboat::crypto {

inline constexpr size_t gcm_key_size = 16;
inline constexpr size_t gcm_nonce_size = 12;
inline constexpr size_t gcm_tag_size = 16;

// The ciphertext with the tag behind it. A nonce must never come twice under one key.
Bytes seal_gcm(ByteView key, ByteView nonce, ByteView message);

// Throws Corrupt when the message was not sealed so: another key or nonce, or changed bytes.
Bytes open_gcm(ByteView key, ByteView nonce, ByteView sealed);

}  // namespace lifeboat::crypto
