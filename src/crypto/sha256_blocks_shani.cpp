// Rounds of SHA-256 for one to three messages in step, with the SHA instructions of x86. Only
// called where the machine has them.
#if defined(__x86_64__)

#include "crypto/sha256_blocks.h"

#include <immintrin.h>

namespace lifeboat::crypto {
namespace {

alignas(16) constexpr uint32_t round_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

struct Lane {
    __m128i abef;
    __m128i cdgh;
    __m128i words[4];  // the last sixteen words of the message schedule
};

inline __m128i load(const void* at) {
    return _mm_loadu_si128(static_cast<const __m128i*>(at));
}
inline void store(void* at, __m128i value) {
    _mm_storeu_si128(static_cast<__m128i*>(at), value);
}

inline void load_words(Lane& lane, const std::byte* at) {
    const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
    for (size_t i = 0; i < 4; ++i) {
        lane.words[i] = _mm_shuffle_epi8(load(at + 16 * i), big_endian);
    }
}

// Four rounds, and the part of the schedule that later rounds need of these words.
template <size_t group>
inline void four_rounds(Lane& lane, __m128i constants) {
    __m128i& now = lane.words[group % 4];
    __m128i& next = lane.words[(group + 1) % 4];
    __m128i& before = lane.words[(group + 3) % 4];
    __m128i input = _mm_add_epi32(now, constants);
    lane.cdgh = _mm_sha256rnds2_epu32(lane.cdgh, lane.abef, input);
    if constexpr (group >= 3 && group < 15) {
        next = _mm_add_epi32(next, _mm_alignr_epi8(now, before, 4));
        next = _mm_sha256msg2_epu32(next, now);
    }
    input = _mm_shuffle_epi32(input, 0x0e);
    lane.abef = _mm_sha256rnds2_epu32(lane.abef, lane.cdgh, input);
    if constexpr (group >= 1 && group < 13) before = _mm_sha256msg1_epu32(before, now);
}

template <size_t group, size_t lanes>
inline void rounds_from(Lane* lane) {
    const __m128i constants = load(round_constants + 4 * group);
    for (size_t i = 0; i < lanes; ++i) four_rounds<group>(lane[i], constants);
    if constexpr (group + 1 < 16) rounds_from<group + 1, lanes>(lane);
}

template <size_t lanes>
void run(Sha256Lane* const* messages, size_t blocks) {
    Lane lane[lanes];
    const std::byte* at[lanes];
    for (size_t i = 0; i < lanes; ++i) {
        lane[i].abef = load(messages[i]->state);
        lane[i].cdgh = load(messages[i]->state + 4);
        at[i] = messages[i]->at;
    }
    for (; blocks > 0; --blocks) {
        __m128i abef[lanes];
        __m128i cdgh[lanes];
        for (size_t i = 0; i < lanes; ++i) {
            abef[i] = lane[i].abef;
            cdgh[i] = lane[i].cdgh;
            load_words(lane[i], at[i]);
            at[i] += sha256_block_size;
        }
        rounds_from<0, lanes>(lane);
        for (size_t i = 0; i < lanes; ++i) {
            lane[i].abef = _mm_add_epi32(lane[i].abef, abef[i]);
            lane[i].cdgh = _mm_add_epi32(lane[i].cdgh, cdgh[i]);
        }
    }
    for (size_t i = 0; i < lanes; ++i) {
        store(messages[i]->state, lane[i].abef);
        store(messages[i]->state + 4, lane[i].cdgh);
        messages[i]->at = at[i];
    }
}

}  // namespace

void sha256_blocks_shani(Sha256Lane* const* lanes, size_t count, size_t blocks) {
    switch (count) {
        case 1:
            return run<1>(lanes, blocks);
        case 2:
            return run<2>(lanes, blocks);
        default:
            return run<3>(lanes, blocks);
    }
}

}  // namespace lifeboat::crypto

#endif
