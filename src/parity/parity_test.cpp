// Parity by itself: the field, the loops of each variant, and the sidecar's words. Repairs are in
// repair_test.cpp.
#include "parity/parity.h"

#include "parity/checksum.h"
#include "parity/field.h"
#include "parity/test_bytes.h"

#include <gtest/gtest.h>

#include <numeric>

namespace lifeboat::parity {
namespace {

using testing_parity::Chance;
using testing_parity::hash_of;
using testing_parity::random_bytes;

// The definition, one bit after the other.
uint8_t slow_product(unsigned a, unsigned b) {
    unsigned product = 0;
    for (; b != 0; b >>= 1) {
        if ((b & 1) != 0) product ^= a;
        a <<= 1;
        if (a > 255) a ^= 0x11b;
    }
    return static_cast<uint8_t>(product);
}

TEST(Field, MultipliesAsDefined) {
    for (unsigned a = 0; a < 256; ++a) {
        for (unsigned b = 0; b < 256; ++b) {
            ASSERT_EQ(multiply(static_cast<uint8_t>(a), static_cast<uint8_t>(b)),
                      slow_product(a, b));
        }
    }
    EXPECT_EQ(multiply(0x57, 0x83), 0xc1);  // the example of FIPS 197, section 4.2
}

TEST(Field, EveryElementButZeroHasAnInverse) {
    EXPECT_EQ(inverse(0), 0);
    for (unsigned a = 1; a < 256; ++a) {
        const auto value = static_cast<uint8_t>(a);
        EXPECT_EQ(multiply(value, inverse(value)), 1);
    }
}

TEST(Field, TheFirstRowIsAllOnesAndNoCoefficientIsZero) {
    for (size_t data = 0; data < group_limit - 1; ++data) {
        EXPECT_EQ(coefficient(0, data), 1);
        for (size_t row = 0; row + data < group_limit - 1; ++row) {
            ASSERT_NE(coefficient(row, data), 0) << row << ' ' << data;
        }
    }
}

TEST(Field, SquarePartsOfTheCodeCanBeInverted) {
    Chance chance(1);
    for (int round = 0; round < 300; ++round) {
        const size_t size = 1 + chance() % 40;
        std::vector<size_t> rows(100);
        std::vector<size_t> columns(150);
        std::iota(rows.begin(), rows.end(), size_t{0});
        std::iota(columns.begin(), columns.end(), size_t{0});
        std::shuffle(rows.begin(), rows.end(), chance);
        std::shuffle(columns.begin(), columns.end(), chance);
        std::vector<uint8_t> matrix;
        for (size_t r = 0; r < size; ++r) {
            for (size_t c = 0; c < size; ++c) matrix.push_back(coefficient(rows[r], columns[c]));
        }
        std::vector<uint8_t> inverted = matrix;
        ASSERT_TRUE(invert(inverted, size));
        for (size_t r = 0; r < size; ++r) {
            for (size_t c = 0; c < size; ++c) {
                uint8_t sum = 0;
                for (size_t i = 0; i < size; ++i) {
                    sum ^= multiply(matrix[r * size + i], inverted[i * size + c]);
                }
                ASSERT_EQ(sum, r == c ? 1 : 0);
            }
        }
    }
}

TEST(Field, WhatHasNoInverseIsSaidToHaveNone) {
    std::vector<uint8_t> same_rows{1, 2, 1, 2};
    EXPECT_FALSE(invert(same_rows, 2));
    std::vector<uint8_t> zero_first{0, 1, 1, 0};  // needs a pivot from below
    ASSERT_TRUE(invert(zero_first, 2));
    EXPECT_EQ(zero_first, (std::vector<uint8_t>{0, 1, 1, 0}));
}

TEST(Checksum, IsCrc32c) {
    EXPECT_EQ(crc32c({}), 0U);
    EXPECT_EQ(crc32c(as_bytes("123456789")), 0xe3069283U);  // the usual check value
    EXPECT_EQ(crc32c(Bytes(32)), 0x8a9136aaU);              // RFC 3720, B.4
    EXPECT_EQ(crc32c(Bytes(32, std::byte{0xff})), 0x62a8ab43U);
}

class Kernel : public testing::TestWithParam<Variant> {
protected:
    void SetUp() override {
        if (!supported(GetParam())) GTEST_SKIP() << "not on this machine";
    }
    Kernels kernels = kernels_of(GetParam());
};
INSTANTIATE_TEST_SUITE_P(Each, Kernel, testing::ValuesIn(all_variants),
                         [](const auto& variant) { return name_of(variant.param); });

TEST_P(Kernel, MixesAsTheFieldDoes) {
    Chance chance(2);
    for (size_t rows = 0; rows <= 13; ++rows) {
        for (const size_t length : {size_t{64}, size_t{192}, size_t{4096}}) {
            std::vector<Bytes> in;
            for (size_t q = 0; q < mix_inputs; ++q) in.push_back(random_bytes(length + q, chance));
            std::vector<Bytes> out;
            for (size_t r = 0; r < rows; ++r) out.push_back(random_bytes(length + r, chance));
            const Bytes factors = random_bytes(rows * mix_inputs + 1, chance);
            auto expected = out;
            for (size_t r = 0; r < rows; ++r) {
                for (size_t i = 0; i < length; ++i) {
                    for (size_t q = 0; q < mix_inputs; ++q) {
                        expected[r][i + r] ^= static_cast<std::byte>(
                            multiply(std::to_integer<uint8_t>(factors[r * mix_inputs + q]),
                                     std::to_integer<uint8_t>(in[q][i + q])));
                    }
                }
            }
            FourShards four{.length = length};  // each at an odd address of its own
            for (size_t q = 0; q < mix_inputs; ++q) four.at[q] = in[q].data() + q;
            std::vector<std::byte*> outputs;
            for (size_t r = 0; r < rows; ++r) outputs.push_back(out[r].data() + r);
            kernels.mix({.input = four,
                         .outputs = outputs.data(),
                         .output_count = rows,
                         .coefficients = as_uchar(factors)});
            ASSERT_EQ(out, expected) << rows << " rows of " << length;
        }
    }
}

TEST_P(Kernel, SumsAsTheTablesDo) {
    Chance chance(3);
    for (const size_t length : {size_t{64}, size_t{320}, size_t{4096}}) {
        const Bytes bytes = random_bytes(4 * length + 3, chance);
        FourShards four{.length = length};
        for (size_t q = 0; q < mix_inputs; ++q) four.at[q] = bytes.data() + q * (length + 1);
        uint32_t sums[mix_inputs]{};
        kernels.checksum_four(four, sums);
        for (size_t q = 0; q < mix_inputs; ++q) {
            EXPECT_EQ(sums[q], crc32c(ByteView(bytes).subspan(q * (length + 1), length)));
        }
    }
}

TEST_P(Kernel, SidecarsAreTheSameInEveryVariant) {
    Chance chance(4);
    for (const size_t size :
         {size_t{1}, size_t{150}, size_t{4097}, size_t{70'001}, size_t{3'000'000}}) {
        const Bytes file = random_bytes(size, chance);
        for (const uint32_t per_mille : {1U, 20U, 137U, 1000U}) {
            const Bytes sidecar = protect(file, hash_of(file), {per_mille}, GetParam());
            EXPECT_EQ(sidecar, protect(file, hash_of(file), {per_mille}, Variant::portable));
            const auto parsed = Sidecar::parse(sidecar);
            ASSERT_TRUE(parsed);
            EXPECT_TRUE(parsed->whole());
        }
    }
}

TEST(Layout, TwoPercentOfAPackAreAboutTwoPercent) {
    const Layout layout = choose_layout(16U << 20, {20});
    EXPECT_EQ(layout.shard_size, 4096U);
    EXPECT_EQ(layout.groups, 17U);
    EXPECT_EQ(layout.rows, 5U);
    EXPECT_LT(layout.sidecar_size(), (16U << 20) * 24 / 1000);
}

TEST(Layout, HoldsItsPromisesForEverySizeAndRate) {
    Chance chance(5);
    for (int round = 0; round < 5000; ++round) {
        const uint64_t size = 1 + chance() % (uint64_t{1} << (chance() % 31));
        const Rate rate{static_cast<uint32_t>(1 + chance() % 1000)};
        const Layout layout = choose_layout(size, rate);
        EXPECT_LE(layout.group_size() + layout.rows, group_limit);
        EXPECT_GE(layout.shards() * layout.shard_size, size);
        EXPECT_GE(layout.parity_shards() * 1000, layout.shards() * rate.per_mille);
        const auto header = decode_header(encode_header({.layout = layout}));
        ASSERT_TRUE(header);
        EXPECT_EQ(header->layout, layout);
    }
}

TEST(Layout, ASmallFileIsSimplyCopied) {
    Chance chance(6);
    const Bytes config = random_bytes(155, chance);
    const Bytes sidecar = protect(config, hash_of(config), {1});
    EXPECT_LT(sidecar.size(), 400U);
    EXPECT_NE(as_text(sidecar).find(as_text(config)), std::string_view::npos);
    // The whole file may be gone.
    EXPECT_EQ(repair({}, sidecar, hash_of(config)).file, config);
}

TEST(Header, ImpossibleWordsAreRefused) {
    const Header good{.layout = choose_layout(1'000'000, {20})};
    const auto refused = [&](auto change) {
        Header bad = good;
        change(bad.layout);
        return !decode_header(encode_header(bad));
    };
    EXPECT_FALSE(refused([](Layout&) {}));
    EXPECT_TRUE(refused([](Layout& l) { l.shard_size = 0; }));
    EXPECT_TRUE(refused([](Layout& l) { l.shard_size = 4095; }));
    EXPECT_TRUE(refused([](Layout& l) { l.shard_size = 1U << 30; }));
    EXPECT_TRUE(refused([](Layout& l) { l.file_size = 0; }));
    EXPECT_TRUE(refused([](Layout& l) { l.file_size = UINT64_MAX; }));
    EXPECT_TRUE(refused([](Layout& l) { l.groups = 0; }));
    EXPECT_TRUE(refused([](Layout& l) { l.groups = 1'000'000; }));
    EXPECT_TRUE(refused([](Layout& l) { l.rows = 0; }));
    EXPECT_TRUE(refused([](Layout& l) { l.rows = UINT32_MAX; }));
    Bytes cut = encode_header(good);
    cut.pop_back();
    EXPECT_FALSE(decode_header(cut));
}

}  // namespace
}  // namespace lifeboat::parity
