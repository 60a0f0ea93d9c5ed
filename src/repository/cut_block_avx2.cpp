// 32 segments at a time: AVX2. Only called where the machine has it.
#if defined(__x86_64__)

#include "repository/cut_block.h"

#include <immintrin.h>

namespace lifeboat::repository {
namespace {

constexpr size_t round_size = 32;  // half a window
constexpr size_t segments = avx2_block_shape.segments;
constexpr size_t stride = avx2_block_shape.positions;
constexpr size_t rounds = stride / round_size;
static_assert(segments == 32 && stride % round_size == 0);

// Byte t of every segment, for the 32 bytes of a round. What leaves came in two rounds earlier.
struct Rows {
    __m256i row[round_size];
};

// Two digests' worth of registers would not fit: the planes are all that stays in them.
struct Digests {
    __m256i plane[plane_count];
};

inline __m128i load16(const void* at) {
    return _mm_loadu_si128(static_cast<const __m128i*>(at));
}

inline __m256i add(__m256i a, __m256i b) {
    return _mm256_xor_si256(a, b);
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

inline __m256i map(const Nibbles& nibbles, const uint8_t* low, const uint8_t* high) {
    const __m256i low_table = _mm256_broadcastsi128_si256(load16(low));
    const __m256i high_table = _mm256_broadcastsi128_si256(load16(high));
    return add(_mm256_shuffle_epi8(low_table, nibbles.low),
               _mm256_shuffle_epi8(high_table, nibbles.high));
}

// 16 bytes of the segments n and n+16.
inline __m256i load_two(const std::byte* at) {
    return _mm256_inserti128_si256(_mm256_castsi128_si256(load16(at)), load16(at + 16 * stride), 1);
}

// One of the four rounds that transpose 16x16 bytes in each lane: as bits of an address, row and
// column are rotated by one.
inline void interleave(const __m256i* from, __m256i* to) {
    for (size_t i = 0; i < 8; ++i) {
        to[2 * i] = _mm256_unpacklo_epi8(from[i], from[i + 8]);
        to[2 * i + 1] = _mm256_unpackhi_epi8(from[i], from[i + 8]);
    }
}

inline void transpose(const std::byte* at, Rows& rows) {
    for (size_t column = 0; column < round_size; column += 16) {
        __m256i one[16];
        __m256i two[16];
        for (size_t i = 0; i < 16; ++i) one[i] = load_two(at + i * stride + column);
        interleave(one, two);
        interleave(two, one);
        interleave(one, two);
        interleave(two, rows.row + column);
    }
}

// The entering byte, shifted by three as S is, falls into the two lowest planes.
inline __m256i shift_left_3(__m256i bytes) {
    return _mm256_and_si256(_mm256_slli_epi16(bytes, 3), _mm256_set1_epi8(static_cast<char>(0xf8)));
}
inline __m256i shift_right_5(__m256i bytes) {
    return _mm256_and_si256(_mm256_srli_epi16(bytes, 5), _mm256_set1_epi8(0x07));
}

template <bool window_is_full>
inline void step(const PlaneTables& tables, Digests& d, __m256i entering, __m256i leaving) {
    const Nibbles out = nibbles_of(d.plane[6]);
    const Nibbles gone = nibbles_of(leaving);
    for (size_t j = plane_count; j-- > 0;) {
        const __m256i below = j > 0 ? d.plane[j - 1] : shift_left_3(entering);
        d.plane[j] = add(below, map(out, tables.reduce_low[j], tables.reduce_high[j]));
        if constexpr (window_is_full) {
            d.plane[j] = add(d.plane[j], map(gone, tables.leave_low[j], tables.leave_high[j]));
        }
    }
    d.plane[1] = add(d.plane[1], shift_right_5(entering));
}

// The segments whose digest has its low 20 bits zero: bits 3..22 of S.
inline uint32_t borders(const Digests& d) {
    const __m256i top_five = _mm256_set1_epi8(static_cast<char>(0xf8));
    const __m256i low_seven = _mm256_set1_epi8(0x7f);
    __m256i rest = _mm256_or_si256(_mm256_and_si256(d.plane[0], top_five), d.plane[1]);
    rest = _mm256_or_si256(rest, _mm256_and_si256(d.plane[2], low_seven));
    return static_cast<uint32_t>(
        _mm256_movemask_epi8(_mm256_cmpeq_epi8(rest, _mm256_setzero_si256())));
}

}  // namespace

size_t search_block_avx2(const PlaneTables& tables, const std::byte* at) {
    Rows rows[3];
    Digests digests{};
    const std::byte* const first = at - 1;  // enters for the first position
    for (size_t half = 0; half < 2; ++half) {
        Rows& now = rows[half + 1];
        transpose(first - (2 - half) * round_size, now);
        for (const __m256i& row : now.row) step<false>(tables, digests, row, row);
    }
    size_t hit = segments * stride;
    uint32_t wanted = ~uint32_t{0};  // segments that may still hold a smaller position
    for (size_t round = 0; round < rounds; ++round) {
        const Rows& old = rows[(round + 1) % 3];
        Rows& now = rows[round % 3];
        transpose(first + round * round_size, now);
        for (size_t t = 0; t < round_size; ++t) {
            step<true>(tables, digests, now.row[t], old.row[t]);
            const uint32_t found = borders(digests) & wanted;
            if (found == 0) [[likely]]
                continue;
            const auto segment = static_cast<size_t>(__builtin_ctz(found));
            hit = segment * stride + round * round_size + t;
            wanted = (uint32_t{1} << segment) - 1;
            if (wanted == 0) return hit;
        }
    }
    return hit;
}

}  // namespace lifeboat::repository

#endif
