// The inner loops of the border search that use the vector instructions of x86: many segments of
// consecutive positions at once, one byte of each digest in each vector.
//
// One step of the window is linear over GF(2): D' = D*x^8 + entering + leaving*x^512 mod P. The
// digests are kept as S = D*x^3, 56 bits, because then the byte that a step shifts out is exactly
// the top one. Vector ("plane") number j holds byte j of S for all segments; a step moves every
// plane up by one and adds what the byte shifted out and the byte that leaves contribute to it.
//
// This header is read by files compiled for instructions that not every machine has: it must not
// define functions, or the linker might keep such a file's copy for everyone.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lifeboat::repository {

constexpr size_t plane_count = 7;

// The two linear maps from a byte to seven, for each plane.
struct PlaneTables {
    // As gf2p8affineqb wants them: byte 7-i holds the input bits that make up output bit i.
    uint64_t reduce_matrix[plane_count]{};
    uint64_t leave_matrix[plane_count]{};
    // The same split by nibble: the image of the low and of the high four bits.
    alignas(16) uint8_t reduce_low[plane_count][16]{};
    alignas(16) uint8_t reduce_high[plane_count][16]{};
    alignas(16) uint8_t leave_low[plane_count][16]{};
    alignas(16) uint8_t leave_high[plane_count][16]{};
};

// A block is `segments` runs of `positions` consecutive positions. The lengths of the runs are odd
// multiples of a cache line or nearly so: powers of two would crowd a few cache sets.
struct BlockShape {
    size_t segments;
    size_t positions;
};
constexpr BlockShape avx2_block_shape{32, 1056};
constexpr BlockShape gfni_block_shape{64, 1088};

// `at` is where the bytes behind the first position begin; read are the 65 bytes before it and the
// bytes up to the last position. Returns which position of the block is the first border, or
// segments * positions when none is.
size_t search_block_avx2(const PlaneTables& tables, const std::byte* at);
size_t search_block_gfni(const PlaneTables& tables, const std::byte* at);

}  // namespace lifeboat::repository
