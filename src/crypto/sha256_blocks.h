// The inner loop of the interleaved SHA-256, in a file compiled for its instructions.
//
// That file must not define functions that others share, or the linker might keep its copy for
// every machine; so this header has none.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lifeboat::crypto {

constexpr size_t sha256_block_size = 64;
constexpr size_t sha256_most_lanes = 3;

struct Sha256Lane {
    // In the order that the instructions want: f e b a, h g d c.
    alignas(16) uint32_t state[8]{};
    const std::byte* at = nullptr;
};

// Takes `blocks` blocks into each of `count` lanes (1 to 3) and moves their `at` on.
void sha256_blocks_shani(Sha256Lane* const* lanes, size_t count, size_t blocks);

}  // namespace lifeboat::crypto
