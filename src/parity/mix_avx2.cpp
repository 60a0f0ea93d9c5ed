// 32 bytes at a time: AVX2 (PSHUFB looks products of four bits up) and the crc32 instruction. Only
// called where the machine has them.
#if defined(__x86_64__)

#include "parity/mix.h"

#include <immintrin.h>

#include <cstring>

namespace lifeboat::parity {
namespace {

inline __m256i load32(const std::byte* at) {
    return _mm256_loadu_si256(static_cast<const __m256i*>(static_cast<const void*>(at)));
}

inline void store32(std::byte* at, __m256i value) {
    _mm256_storeu_si256(static_cast<__m256i*>(static_cast<void*>(at)), value);
}

inline __m256i table_of(const uint8_t* products) {
    return _mm256_broadcastsi128_si256(
        _mm_load_si128(static_cast<const __m128i*>(static_cast<const void*>(products))));
}

struct Nibbles {
    __m256i low;
    __m256i high;
};

inline Nibbles nibbles_of(__m256i bytes) {
    const __m256i low_four = _mm256_set1_epi8(0x0f);
    return {_mm256_and_si256(bytes, low_four),
            _mm256_and_si256(_mm256_srli_epi16(bytes, 4), low_four)};
}

inline __m256i add_product(__m256i sum, const Nibbles& value, __m256i low, __m256i high) {
    sum = _mm256_xor_si256(sum, _mm256_shuffle_epi8(low, value.low));
    return _mm256_xor_si256(sum, _mm256_shuffle_epi8(high, value.high));
}

}  // namespace

void mix_avx2(const Mix& mix) {
    const NibbleProducts& products = nibble_products();
    for (size_t at = 0; at < mix.input.length; at += mix_step) {
        Nibbles value[mix_inputs][2];
        for (size_t q = 0; q < mix_inputs; ++q) {
            value[q][0] = nibbles_of(load32(mix.input.at[q] + at));
            value[q][1] = nibbles_of(load32(mix.input.at[q] + at + 32));
        }
        for (size_t r = 0; r < mix.output_count; ++r) {
            std::byte* out = mix.outputs[r] + at;
            __m256i first = load32(out);
            __m256i second = load32(out + 32);
            for (size_t q = 0; q < mix_inputs; ++q) {
                const uint8_t factor = mix.coefficients[r * mix_inputs + q];
                const __m256i low = table_of(products.low[factor]);
                const __m256i high = table_of(products.high[factor]);
                first = add_product(first, value[q][0], low, high);
                second = add_product(second, value[q][1], low, high);
            }
            store32(out, first);
            store32(out + 32, second);
        }
    }
}

void checksum_four_avx2(const FourShards& shards, uint32_t* checksums) {
    uint64_t sums[mix_inputs];
    for (uint64_t& sum : sums) sum = UINT32_MAX;
    for (size_t at = 0; at < shards.length; at += sizeof(uint64_t)) {
        for (size_t q = 0; q < mix_inputs; ++q) {
            uint64_t word = 0;
            std::memcpy(&word, shards.at[q] + at, sizeof word);
            sums[q] = _mm_crc32_u64(sums[q], word);
        }
    }
    for (size_t q = 0; q < mix_inputs; ++q) checksums[q] = ~static_cast<uint32_t>(sums[q]);
}

}  // namespace lifeboat::parity

#endif
