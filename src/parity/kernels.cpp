#include "parity/kernels.h"

#include "parity/field.h"

#include <algorithm>

namespace lifeboat::parity {

const char* name_of(Variant variant) {
    switch (variant) {
        case Variant::portable:
            return "portable";
        case Variant::avx2:
            return "avx2";
        case Variant::gfni:
            return "gfni";
    }
    return "";
}

bool supported(Variant variant) {
#if defined(__x86_64__)
    // Every processor with AVX2 has the crc32 instruction, but a virtual one need not say so.
    const bool avx2 = __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("sse4.2") != 0;
    if (variant == Variant::avx2) return avx2;
    if (variant == Variant::gfni) {
        return avx2 && __builtin_cpu_supports("avx512f") != 0 &&
               __builtin_cpu_supports("avx512bw") != 0 && __builtin_cpu_supports("avx512dq") != 0 &&
               __builtin_cpu_supports("avx512vl") != 0 && __builtin_cpu_supports("gfni") != 0;
    }
#endif
    return variant == Variant::portable;
}

Variant best_variant() {
    for (const Variant variant : {Variant::gfni, Variant::avx2}) {
        if (supported(variant)) return variant;
    }
    return Variant::portable;
}

Kernels kernels_of(Variant variant) {
#if defined(__x86_64__)
    switch (std::min(variant, best_variant())) {
        case Variant::gfni:
            return {mix_gfni, checksum_four_avx2};
        case Variant::avx2:
            return {mix_avx2, checksum_four_avx2};
        case Variant::portable:
            break;
    }
#else
    static_cast<void>(variant);
#endif
    return {mix_portable, checksum_four_portable};
}

const NibbleProducts& nibble_products() {
    static const NibbleProducts tables = [] {
        NibbleProducts products;
        for (unsigned factor = 0; factor < 256; ++factor) {
            for (unsigned nibble = 0; nibble < 16; ++nibble) {
                const auto c = static_cast<uint8_t>(factor);
                products.low[factor][nibble] = multiply(c, static_cast<uint8_t>(nibble));
                products.high[factor][nibble] = multiply(c, static_cast<uint8_t>(nibble << 4));
            }
        }
        return products;
    }();
    return tables;
}

}  // namespace lifeboat::parity
