#include "parity/field.h"

#include <algorithm>
#include <array>

namespace lifeboat::parity {

namespace {

constexpr unsigned polynomial = 0x11b;
constexpr unsigned order = 255;  // of the field's multiplicative group

struct Logarithms {
    std::array<uint8_t, 256> log{};
    std::array<uint8_t, 2 * order> power{};  // twice, so that a sum of logarithms needs no modulo
};

constexpr Logarithms make_logarithms() {
    Logarithms tables;
    unsigned value = 1;
    for (unsigned i = 0; i < order; ++i) {
        tables.power[i] = tables.power[i + order] = static_cast<uint8_t>(value);
        tables.log[value] = static_cast<uint8_t>(i);
        value ^= value << 1;  // times 3, the smallest generator: 2 generates only a part
        if (value > order) value ^= polynomial;
    }
    return tables;
}

constexpr Logarithms tables = make_logarithms();

// Adds `factor` times row `from` to row `to`.
void add_row(std::vector<uint8_t>& matrix, size_t width, size_t to, size_t from, uint8_t factor) {
    for (size_t i = 0; i < width; ++i) {
        matrix[to * width + i] ^= multiply(factor, matrix[from * width + i]);
    }
}

}  // namespace

uint8_t multiply(uint8_t a, uint8_t b) {
    if (a == 0 || b == 0) return 0;
    return tables.power[size_t{tables.log[a]} + tables.log[b]];
}

uint8_t inverse(uint8_t a) {
    return a == 0 ? uint8_t{0} : tables.power[order - tables.log[a]];
}

uint8_t coefficient(size_t row, size_t data) {
    const auto x = static_cast<uint8_t>(row);
    // Counted down from the top: neither depends on how many shards of each kind there are.
    const auto y = static_cast<uint8_t>(group_limit - 1 - data);
    return multiply(inverse(x ^ y), y);  // y = x_0 + y: the scale that makes row 0 ones
}

bool invert(std::vector<uint8_t>& matrix, size_t size) {
    const size_t width = 2 * size;  // the matrix, and beside it what becomes its inverse
    std::vector<uint8_t> work(size * width);
    for (size_t i = 0; i < size; ++i) {
        std::copy_n(matrix.begin() + static_cast<ptrdiff_t>(i * size), size,
                    work.begin() + static_cast<ptrdiff_t>(i * width));
        work[i * width + size + i] = 1;
    }
    for (size_t i = 0; i < size; ++i) {
        size_t pivot = i;
        while (pivot < size && work[pivot * width + i] == 0) ++pivot;
        if (pivot == size) return false;
        if (pivot != i) add_row(work, width, i, pivot, 1);  // enough: it need not move
        const uint8_t scale = inverse(work[i * width + i]);
        for (size_t k = 0; k < width; ++k) {
            work[i * width + k] = multiply(scale, work[i * width + k]);
        }
        for (size_t other = 0; other < size; ++other) {
            const uint8_t factor = work[other * width + i];
            if (other != i && factor != 0) add_row(work, width, other, i, factor);
        }
    }
    for (size_t i = 0; i < size; ++i) {
        std::copy_n(work.begin() + static_cast<ptrdiff_t>(i * width + size), size,
                    matrix.begin() + static_cast<ptrdiff_t>(i * size));
    }
    return true;
}

}  // namespace lifeboat::parity
