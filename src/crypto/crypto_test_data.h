// Bytes for the tests of this module.
#pragma once

#include "base/bytes.h"

#include <cstdint>

namespace lifeboat::crypto {

// The same for the same seed.
inline Bytes made_up(size_t size, uint32_t seed) {
    Bytes bytes(size);
    for (std::byte& b : bytes) {
        seed = seed * 1664525 + 1013904223;
        b = static_cast<std::byte>(seed >> 24);
    }
    return bytes;
}

}  // namespace lifeboat::crypto
