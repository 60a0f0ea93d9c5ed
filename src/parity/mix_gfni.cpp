// 64 bytes at a time: AVX-512 with GFNI, whose GF2P8MULB is the field's multiplication. Only called
// where the machine has them.
#if defined(__x86_64__)

#include "parity/mix.h"

#include <immintrin.h>

namespace lifeboat::parity {
namespace {

// Their factors (4 each), sums and the four values fit into the 32 registers.
constexpr size_t most_rows = 5;

template <size_t rows>
inline void mix_rows(const Mix& mix, size_t first_row) {
    __m512i factor[rows][mix_inputs];
    std::byte* out[rows];
    for (size_t r = 0; r < rows; ++r) {
        out[r] = mix.outputs[first_row + r];
        for (size_t q = 0; q < mix_inputs; ++q) {
            const uint8_t c = mix.coefficients[(first_row + r) * mix_inputs + q];
            factor[r][q] = _mm512_set1_epi8(static_cast<char>(c));
        }
    }
    for (size_t at = 0; at < mix.input.length; at += mix_step) {
        __m512i sum[rows];
        for (size_t r = 0; r < rows; ++r) sum[r] = _mm512_loadu_si512(out[r] + at);
        for (size_t q = 0; q < mix_inputs; ++q) {
            const __m512i value = _mm512_loadu_si512(mix.input.at[q] + at);
            for (size_t r = 0; r < rows; ++r) {
                sum[r] = _mm512_xor_si512(sum[r], _mm512_gf2p8mul_epi8(value, factor[r][q]));
            }
        }
        for (size_t r = 0; r < rows; ++r) _mm512_storeu_si512(out[r] + at, sum[r]);
    }
}

}  // namespace

void mix_gfni(const Mix& mix) {
    size_t row = 0;
    for (; mix.output_count - row >= most_rows; row += most_rows) mix_rows<most_rows>(mix, row);
    switch (mix.output_count - row) {
        case 4:
            return mix_rows<4>(mix, row);
        case 3:
            return mix_rows<3>(mix, row);
        case 2:
            return mix_rows<2>(mix, row);
        case 1:
            return mix_rows<1>(mix, row);
        default:
            return;
    }
}

}  // namespace lifeboat::parity

#endif
