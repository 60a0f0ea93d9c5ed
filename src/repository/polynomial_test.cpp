#include "repository/polynomial.h"

#include <gtest/gtest.h>

namespace lifeboat::repository {
namespace {

Polynomial polynomial(std::string_view hex) {
    const auto parsed = Polynomial::parse(hex);
    if (!parsed) throw std::runtime_error("no polynomial: " + std::string(hex));
    return *parsed;
}

TEST(Polynomial, ReadsAndWritesHex) {
    EXPECT_EQ(polynomial("3da3358b4dc173").bits(), 0x3da3358b4dc173U);
    EXPECT_EQ(polynomial("3da3358b4dc173").hex(), "3da3358b4dc173");
    EXPECT_EQ(polynomial("003da3358b4dc173").hex(), "3da3358b4dc173");
}

TEST(Polynomial, RefusesWhatIsNotOfItsDegree) {
    for (const char* text : {"", "0", "1", "1da3358b4dc173", "7da3358b4dc173", "3da3358b4dc17",
                             "3da3358b4dc17g", "0x3da3358b4dc173", "13da3358b4dc173",
                             "-3da3358b4dc17", "00000000000000000000", " 3da3358b4dc173"}) {
        EXPECT_FALSE(Polynomial::parse(text)) << text;
    }
}

TEST(Polynomial, KnowsIrreducibleOnes) {
    EXPECT_TRUE(polynomial("3da3358b4dc173").is_irreducible());
    EXPECT_TRUE(polynomial("25b468838dcb75").is_irreducible());
    EXPECT_FALSE(polynomial("3da3358b4dc175").is_irreducible());
    EXPECT_FALSE(polynomial("20000000000000").is_irreducible());  // x^53
    EXPECT_FALSE(polynomial("20000000000001").is_irreducible());  // x + 1 divides x^53 + 1
}

TEST(Polynomial, DrawsTheKnownOneFromASeed) {
    sys::SeededRandom random(1);
    EXPECT_EQ(Polynomial::random(random).hex(), "3e2e2256feff0d");
}

TEST(Polynomial, DrawsDifferentIrreducibleOnes) {
    sys::SystemRandom random;
    const Polynomial first = Polynomial::random(random);
    const Polynomial second = Polynomial::random(random);
    EXPECT_TRUE(first.is_irreducible());
    EXPECT_TRUE(second.is_irreducible());
    EXPECT_NE(first, second);
    EXPECT_EQ(Polynomial::parse(first.hex()), first);
}

TEST(Polynomial, ReducesPowers) {
    const Polynomial p = polynomial("3da3358b4dc173");
    EXPECT_EQ(p.times_x_power(1, 0), 1U);
    EXPECT_EQ(p.times_x_power(1, 52), uint64_t{1} << 52);
    EXPECT_EQ(p.times_x_power(1, 53), p.bits() ^ (uint64_t{1} << 53));
    EXPECT_EQ(p.times_x_power(p.times_x_power(0xa5, 100), 404), p.times_x_power(0xa5, 504));
}

}  // namespace
}  // namespace lifeboat::repository
