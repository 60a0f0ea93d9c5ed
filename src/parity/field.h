// The field with 256 elements that parity is computed in, and the code's coefficients.
//
// The polynomial is x^8+x^4+x^3+x+1 (0x11b, that of AES): x86's GF2P8MULB multiplies by it and by
// no other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace lifeboat::parity {

uint8_t multiply(uint8_t a, uint8_t b);
// Of 0: 0.
uint8_t inverse(uint8_t a);

// Data and parity shards of one group together: each has its own element of the field.
constexpr size_t group_limit = 256;

// What data shard `data` of a group counts in its parity shard `row`; row + data < 255. A Cauchy
// matrix 1/(x_row + y_data) whose columns are scaled so that row 0 is all ones: every square part
// of it can be inverted, so that any `e` parity shards give back any `e` data shards; and the
// parity of a single shard is a plain copy of it.
uint8_t coefficient(size_t row, size_t data);

// Inverts a square matrix in place, row after row. False when it has no inverse.
bool invert(std::vector<uint8_t>& matrix, size_t size);

}  // namespace lifeboat::parity
