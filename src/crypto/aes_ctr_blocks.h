// The inner loop of AES-256-CTR, in a file compiled for its instructions.
//
// As with sha256_blocks.h: that file must not define functions that others share.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lifeboat::crypto {

constexpr size_t aes256_schedule_size = 15 * 16;  // one round key of 16 bytes for each of 0..14

// Expands a key of 32 bytes (FIPS 197, 5.2) into `schedule`.
void aes256_expand_vaes(const std::byte* key, std::byte* schedule);

// The counter block as two numbers: hi is its first eight bytes.
struct AesCounter {
    uint64_t hi = 0;
    uint64_t lo = 0;
};
// to[i] = from[i] xor key stream, for any `size`.
void aes256_ctr_vaes(const std::byte* schedule, AesCounter counter, const std::byte* from,
                     std::byte* to, size_t size);

}  // namespace lifeboat::crypto
