// What the tests of parity share: bytes by chance that are the same in every run.
#pragma once

#include "base/id.h"
#include "crypto/sha256.h"

#include <cstring>
#include <random>

namespace lifeboat::parity::testing_parity {

using Chance = std::mt19937_64;

inline Bytes random_bytes(size_t size, Chance& chance) {
    Bytes bytes(size);
    size_t at = 0;
    for (; size - at >= sizeof(uint64_t); at += sizeof(uint64_t)) {
        const uint64_t word = chance();
        std::memcpy(bytes.data() + at, &word, sizeof word);
    }
    for (; at < size; ++at) bytes[at] = static_cast<std::byte>(chance());
    return bytes;
}

inline Digest hash_of(ByteView bytes) {
    return Digest{crypto::sha256(bytes)};
}

}  // namespace lifeboat::parity::testing_parity
