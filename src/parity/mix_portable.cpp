// Eight bytes in a word, and a block of words at a time, so that compilers use whatever vectors the
// machine is sure to have.
#include "parity/mix.h"

#include <cstring>

namespace lifeboat::parity {
namespace {

constexpr size_t words = mix_step / sizeof(uint64_t);
constexpr uint64_t every_byte = 0x0101010101010101;

struct Block {
    uint64_t word[words];
};

// Every byte times x, modulo x^8+x^4+x^3+x+1.
inline uint64_t doubled(uint64_t bytes) {
    const uint64_t high = bytes & (every_byte << 7);
    const uint64_t overflow = high - (high >> 7);  // 0x7f where the highest bit was set
    return ((bytes & ~(every_byte << 7)) << 1) ^ (overflow & (every_byte * 0x1b));
}

// The factor's bits choose among value, 2 value, 4 value ...: masks instead of branches or tables.
inline void add_product(Block& to, const Block& value, uint64_t bit_mask) {
    for (size_t i = 0; i < words; ++i) to.word[i] ^= value.word[i] & bit_mask;
}

constexpr size_t rows_at_once = 4;  // their sums and the value stay in registers

void mix_rows(const Mix& mix, size_t first_row, size_t rows, size_t at) {
    Block sums[rows_at_once];
    for (size_t r = 0; r < rows; ++r) {
        std::memcpy(&sums[r], mix.outputs[first_row + r] + at, mix_step);
    }
    for (size_t q = 0; q < mix_inputs; ++q) {
        Block value;
        std::memcpy(&value, mix.input.at[q] + at, mix_step);
        for (unsigned bit = 0; bit < 8; ++bit) {
            for (size_t r = 0; r < rows; ++r) {
                const unsigned factor = mix.coefficients[(first_row + r) * mix_inputs + q];
                add_product(sums[r], value, uint64_t{0} - ((factor >> bit) & 1));
            }
            for (uint64_t& word : value.word) word = doubled(word);
        }
    }
    for (size_t r = 0; r < rows; ++r) {
        std::memcpy(mix.outputs[first_row + r] + at, &sums[r], mix_step);
    }
}

}  // namespace

void mix_portable(const Mix& mix) {
    for (size_t at = 0; at < mix.input.length; at += mix_step) {
        for (size_t row = 0; row < mix.output_count; row += rows_at_once) {
            const size_t left = mix.output_count - row;
            mix_rows(mix, row, left < rows_at_once ? left : rows_at_once, at);
        }
    }
}

}  // namespace lifeboat::parity
