#include "repository/cut_search.h"

#include <algorithm>

namespace lifeboat::repository {
namespace {

constexpr unsigned plane_shift = 3;  // S = D * x^3
constexpr unsigned power_of_leaving = 8 * window_size;

// The image of each of the eight bits of a byte under byte -> byte * x^power mod P, as S.
std::array<uint64_t, 8> images(const Polynomial& polynomial, unsigned power) {
    std::array<uint64_t, 8> image{};
    for (unsigned bit = 0; bit < 8; ++bit) {
        image[bit] = polynomial.times_x_power(uint64_t{1} << bit, power) << plane_shift;
    }
    return image;
}

uint64_t image_of(const std::array<uint64_t, 8>& images, unsigned byte) {
    uint64_t image = 0;
    for (unsigned bit = 0; bit < 8; ++bit) {
        if (((byte >> bit) & 1) != 0) image ^= images[bit];
    }
    return image;
}

uint64_t matrix_of(const std::array<uint64_t, 8>& images, size_t plane) {
    uint64_t matrix = 0;
    for (size_t out = 0; out < 8; ++out) {
        for (size_t in = 0; in < 8; ++in) {
            const uint64_t bit = (images[in] >> (8 * plane + out)) & 1;
            matrix |= bit << (8 * (7 - out) + in);
        }
    }
    return matrix;
}

void fill_nibbles(const std::array<uint64_t, 8>& images, size_t plane, uint8_t* low,
                  uint8_t* high) {
    for (unsigned nibble = 0; nibble < 16; ++nibble) {
        low[nibble] = static_cast<uint8_t>(image_of(images, nibble) >> (8 * plane));
        high[nibble] = static_cast<uint8_t>(image_of(images, nibble << 4) >> (8 * plane));
    }
}

template <size_t search_block(const PlaneTables&, const std::byte*)>
size_t search_blocks(const PlaneTables& tables, ByteView data, Positions positions, size_t block) {
    for (;;) {
        const size_t hit = search_block(tables, data.data() + positions.first);
        if (hit < block) return positions.first + hit;
        const size_t next = positions.first + block;
        if (next > positions.last) return 0;
        // The last block is moved back to fit; what it sees again has no border.
        positions.first = std::min(next, positions.last + 1 - block);
    }
}

}  // namespace

CutTables::CutTables(const Polynomial& polynomial) {
    for (uint64_t b = 0; b < 256; ++b) {
        rabin.out[b] = polynomial.times_x_power(b, power_of_leaving - 8);
        rabin.mod[b] = polynomial.times_x_power(b, Polynomial::degree) ^ (b << Polynomial::degree);
    }
    const auto reduce = images(polynomial, Polynomial::degree);
    const auto leave = images(polynomial, power_of_leaving);
    for (size_t plane = 0; plane < plane_count; ++plane) {
        planes.reduce_matrix[plane] = matrix_of(reduce, plane);
        planes.leave_matrix[plane] = matrix_of(leave, plane);
        fill_nibbles(reduce, plane, planes.reduce_low[plane], planes.reduce_high[plane]);
        fill_nibbles(leave, plane, planes.leave_low[plane], planes.leave_high[plane]);
    }
}

#if defined(__x86_64__)

size_t search_avx2(const CutTables& tables, ByteView data, Positions positions) {
    constexpr size_t block = avx2_block_shape.segments * avx2_block_shape.positions;
    if (positions.count() < block) return search_portable(tables.rabin, data, positions);
    return search_blocks<search_block_avx2>(tables.planes, data, positions, block);
}

size_t search_gfni(const CutTables& tables, ByteView data, Positions positions) {
    constexpr size_t block = gfni_block_shape.segments * gfni_block_shape.positions;
    if (positions.count() < block) return search_avx2(tables, data, positions);
    return search_blocks<search_block_gfni>(tables.planes, data, positions, block);
}

#else

size_t search_avx2(const CutTables& tables, ByteView data, Positions positions) {
    return search_portable(tables.rabin, data, positions);
}

size_t search_gfni(const CutTables& tables, ByteView data, Positions positions) {
    return search_portable(tables.rabin, data, positions);
}

#endif

}  // namespace lifeboat::repository
