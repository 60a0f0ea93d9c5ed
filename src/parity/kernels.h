// The inner loops of parity: sums of products over the field, and checksums, one set a variant.
#pragma once

#include "parity/mix.h"

namespace lifeboat::parity {

enum class Variant { portable, avx2, gfni };
inline constexpr Variant all_variants[] = {Variant::portable, Variant::avx2, Variant::gfni};

const char* name_of(Variant variant);
// Whether this machine has the instructions (and the system keeps their registers).
bool supported(Variant variant);
Variant best_variant();

struct Kernels {
    void (*mix)(const Mix& mix);
    void (*checksum_four)(const FourShards& shards, uint32_t* checksums);
};
// A variant that this machine lacks becomes the best one that it has.
Kernels kernels_of(Variant variant);

}  // namespace lifeboat::parity
