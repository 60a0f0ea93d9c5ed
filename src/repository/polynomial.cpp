#include "repository/polynomial.h"

#include "base/hex.h"

#include <fmt/core.h>

#include <algorithm>
#include <bit>
#include <utility>

namespace lifeboat::repository {
namespace {

constexpr uint64_t top_bit = uint64_t{1} << Polynomial::degree;

int degree_of(uint64_t polynomial) {
    return static_cast<int>(std::bit_width(polynomial)) - 1;
}

uint64_t remainder(uint64_t a, uint64_t b) {
    while (degree_of(a) >= degree_of(b)) a ^= b << (degree_of(a) - degree_of(b));
    return a;
}

uint64_t greatest_common_divisor(uint64_t a, uint64_t b) {
    while (b != 0) a = std::exchange(b, remainder(a, b));
    return a;
}

}  // namespace

std::optional<Polynomial> Polynomial::parse(std::string_view hex) {
    constexpr size_t digits = 14;  // what 54 bits take
    if (hex.size() > digits) hex.remove_prefix(std::min(hex.find_first_not_of('0'), hex.size()));
    if (hex.size() != digits) return std::nullopt;
    const auto bytes = from_hex(hex);
    if (!bytes) return std::nullopt;
    uint64_t bits = 0;
    for (const std::byte b : *bytes) bits = (bits << 8) | std::to_integer<uint64_t>(b);
    if (degree_of(bits) != degree) return std::nullopt;
    return Polynomial(bits);
}

Polynomial Polynomial::random(sys::Random& random) {
    for (;;) {
        const uint64_t drawn = random.number() & (2 * top_bit - 1);
        const Polynomial candidate(drawn | top_bit | 1);
        if (candidate.is_irreducible()) return candidate;
    }
}

std::string Polynomial::hex() const {
    return fmt::format("{:x}", bits_);
}

// Ben-Or: a factor of degree i divides x^(2^i) - x, so none up to half the degree may share one.
bool Polynomial::is_irreducible() const {
    constexpr uint64_t x = 2;
    uint64_t power = x;
    for (int i = 1; i <= degree / 2; ++i) {
        power = times(power, power);
        if (greatest_common_divisor(bits_, power ^ x) != 1) return false;
    }
    return true;
}

uint64_t Polynomial::times_x_power(uint64_t value, unsigned power) const {
    value = remainder(value, bits_);
    for (unsigned i = 0; i < power; ++i) {
        value <<= 1;
        if ((value & top_bit) != 0) value ^= bits_;
    }
    return value;
}

uint64_t Polynomial::times(uint64_t a, uint64_t b) const {
    uint64_t product = 0;
    for (; b != 0; b >>= 1) {
        if ((b & 1) != 0) product ^= a;
        a <<= 1;
        if ((a & top_bit) != 0) a ^= bits_;
    }
    return product;
}

}  // namespace lifeboat::repository
