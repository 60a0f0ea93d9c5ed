// What the inner loops of parity take: read also by the files compiled for instructions that not
// every machine has. So it must not define functions, or the linker might keep such a file's copy
// for everyone.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lifeboat::parity {

constexpr size_t mix_inputs = 4;  // shards taken in at once: fewer passes over the outputs
constexpr size_t mix_step = 64;   // lengths are multiples of it

struct FourShards {
    const std::byte* at[mix_inputs]{};
    size_t length = 0;
};

// output[r] += sum over q of coefficient[r * mix_inputs + q] * input[q], byte by byte.
struct Mix {
    FourShards input{};
    std::byte* const* outputs = nullptr;
    size_t output_count = 0;
    const uint8_t* coefficients = nullptr;
};

// Products of a byte's low and high four bits with each factor: [factor][nibble].
struct NibbleProducts {
    alignas(16) uint8_t low[256][16]{};
    alignas(16) uint8_t high[256][16]{};
};
const NibbleProducts& nibble_products();

void mix_portable(const Mix& mix);
void mix_avx2(const Mix& mix);
void mix_gfni(const Mix& mix);

// CRC-32C (Castagnoli; RFC 3720, appendix B.4) of each of four shards: independent of each other,
// they hide the latency of the crc32 instruction.
void checksum_four_portable(const FourShards& shards, uint32_t* checksums);
void checksum_four_avx2(const FourShards& shards, uint32_t* checksums);

}  // namespace lifeboat::parity
