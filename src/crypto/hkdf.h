// HKDF with SHA-256 (RFC 5869): keys for one use each from one secret.
#pragma once

#include "base/secret.h"

#include <string_view>

namespace lifeboat::crypto {

// `size` bytes, at most 255 * 32. An empty salt is 32 zero bytes.
SecretBytes hkdf_sha256(ByteView secret, ByteView salt, std::string_view info, size_t size);

}  // namespace lifeboat::crypto
