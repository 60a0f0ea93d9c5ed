// Polynomials over GF(2) of degree 53: the parameter that makes the chunk borders of a repository
// its own.
#pragma once

#include "sys/random.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lifeboat::repository {

// Bit i is the coefficient of x^i. Always of degree 53; whether it is irreducible, as a chunker
// needs it, is asked separately because the answer for foreign bytes is a judgement, not a bug.
class Polynomial {
public:
    static constexpr int degree = 53;

    // As a config file writes it: hexadecimal digits without a prefix. Nothing when the text is not
    // that, or the degree is not 53.
    static std::optional<Polynomial> parse(std::string_view hex);

    // A new irreducible one.
    static Polynomial random(sys::Random& random);

    uint64_t bits() const { return bits_; }
    std::string hex() const;
    bool is_irreducible() const;

    // This polynomial is the modulus: value * x^power mod P.
    uint64_t times_x_power(uint64_t value, unsigned power) const;

    bool operator==(const Polynomial&) const = default;

private:
    explicit Polynomial(uint64_t bits) : bits_(bits) {}
    uint64_t times(uint64_t a, uint64_t b) const;

    uint64_t bits_;
};

}  // namespace lifeboat::repository
