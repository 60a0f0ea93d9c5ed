// 64 segments at a time: AVX-512 (F, BW, VBMI) with GFNI. Only called where the machine has them.
#if defined(__x86_64__)

#include "repository/cut_block.h"

#include <immintrin.h>

namespace lifeboat::repository {
namespace {

constexpr size_t window = 64;
constexpr size_t segments = gfni_block_shape.segments;
constexpr size_t stride = gfni_block_shape.positions;
constexpr size_t rounds = stride / window;
static_assert(segments == 64 && stride % window == 0);

// Byte t of every segment, for the 64 bytes of a round: the window is a round long, so the rows of
// one round are what leaves in the next.
struct Rows {
    __m512i row[window];
};

struct Digests {
    __m512i plane[plane_count];
};

inline __m512i add(__m512i a, __m512i b, __m512i c) {
    constexpr int exclusive_or = 0x96;
    return _mm512_ternarylogic_epi64(a, b, c, exclusive_or);
}

inline __m512i map(__m512i bytes, uint64_t matrix) {
    return _mm512_gf2p8affine_epi64_epi8(bytes, _mm512_set1_epi64(static_cast<long long>(matrix)),
                                         0);
}

inline __m128i load16(const std::byte* at) {
    return _mm_loadu_si128(static_cast<const __m128i*>(static_cast<const void*>(at)));
}

// 16 bytes of the segments n, n+16, n+32 and n+48.
inline __m512i load_four(const std::byte* at) {
    __m512i four = _mm512_castsi128_si512(load16(at));
    four = _mm512_mask_broadcast_i32x4(four, 0x00f0, load16(at + 16 * stride));
    four = _mm512_mask_broadcast_i32x4(four, 0x0f00, load16(at + 32 * stride));
    return _mm512_mask_broadcast_i32x4(four, 0xf000, load16(at + 48 * stride));
}

// One of the four rounds that transpose 16x16 bytes in each lane: as bits of an address, row and
// column are rotated by one.
inline void interleave(const __m512i* from, __m512i* to) {
    for (size_t i = 0; i < 8; ++i) {
        to[2 * i] = _mm512_unpacklo_epi8(from[i], from[i + 8]);
        to[2 * i + 1] = _mm512_unpackhi_epi8(from[i], from[i + 8]);
    }
}

inline void transpose(const std::byte* at, Rows& rows) {
    for (size_t column = 0; column < window; column += 16) {
        __m512i one[16];
        __m512i two[16];
        for (size_t i = 0; i < 16; ++i) one[i] = load_four(at + i * stride + column);
        interleave(one, two);
        interleave(two, one);
        interleave(one, two);
        interleave(two, rows.row + column);
    }
}

// The entering byte, shifted by three as S is, falls into the two lowest planes.
constexpr uint64_t shift_left_3 = 0x0000000102040810;
constexpr uint64_t shift_right_5 = 0x2040800000000000;

template <bool window_is_full>
inline void step(const PlaneTables& tables, Digests& d, __m512i entering, __m512i leaving) {
    const __m512i out = d.plane[6];
    for (size_t j = plane_count; j-- > 0;) {
        const __m512i below = j > 0 ? d.plane[j - 1] : map(entering, shift_left_3);
        const __m512i reduced = map(out, tables.reduce_matrix[j]);
        if constexpr (window_is_full) {
            d.plane[j] = add(below, reduced, map(leaving, tables.leave_matrix[j]));
        } else {
            d.plane[j] = _mm512_xor_si512(below, reduced);
        }
    }
    d.plane[1] = _mm512_xor_si512(d.plane[1], map(entering, shift_right_5));
}

// The segments whose digest has its low 20 bits zero: bits 3..22 of S.
inline uint64_t borders(const Digests& d) {
    constexpr int and_or = 0xea;  // (a & b) | c
    const __m512i top_five = _mm512_set1_epi8(static_cast<char>(0xf8));
    const __m512i low_seven = _mm512_set1_epi8(0x7f);
    __m512i rest = _mm512_ternarylogic_epi64(d.plane[0], top_five, d.plane[1], and_or);
    rest = _mm512_ternarylogic_epi64(d.plane[2], low_seven, rest, and_or);
    return _mm512_testn_epi8_mask(rest, rest);
}

}  // namespace

size_t search_block_gfni(const PlaneTables& tables, const std::byte* at) {
    Rows rows[2];
    Digests digests{};
    const std::byte* const first = at - 1;  // enters for the first position
    transpose(first - window, rows[1]);
    for (size_t t = 0; t < window; ++t) {
        step<false>(tables, digests, rows[1].row[t], rows[1].row[t]);
    }
    size_t hit = segments * stride;
    uint64_t wanted = ~uint64_t{0};  // segments that may still hold a smaller position
    for (size_t round = 0; round < rounds; ++round) {
        const Rows& old = rows[(round + 1) % 2];
        Rows& now = rows[round % 2];
        transpose(first + round * window, now);
        for (size_t t = 0; t < window; ++t) {
            step<true>(tables, digests, now.row[t], old.row[t]);
            const uint64_t found = borders(digests) & wanted;
            if (found == 0) [[likely]]
                continue;
            const auto segment = static_cast<size_t>(__builtin_ctzll(found));
            hit = segment * stride + round * window + t;
            wanted = (uint64_t{1} << segment) - 1;
            if (wanted == 0) return hit;
        }
    }
    return hit;
}

}  // namespace lifeboat::repository

#endif
