// Parity by itself: the field, the loops of each variant, the sidecar, and repairs of what was
// damaged at random.
#include "parity/parity.h"

#include "crypto/sha256.h"
#include "parity/checksum.h"
#include "parity/field.h"

#include <gtest/gtest.h>

#include <cstring>
#include <numeric>
#include <random>

namespace lifeboat::parity {
namespace {

using Chance = std::mt19937_64;

Bytes random_bytes(size_t size, Chance& chance) {
    Bytes bytes(size);
    size_t at = 0;
    for (; size - at >= sizeof(uint64_t); at += sizeof(uint64_t)) {
        const uint64_t word = chance();
        std::memcpy(bytes.data() + at, &word, sizeof word);
    }
    for (; at < size; ++at) bytes[at] = static_cast<std::byte>(chance());
    return bytes;
}

Digest hash_of(ByteView bytes) {
    return Digest{crypto::sha256(bytes)};
}

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

// --------------------------------------------------------------------------- damage

constexpr size_t sizes[] = {77, 4096, 4097, 12'288, 100'000, 1'000'003, 16U << 20, 17'300'001};
constexpr uint32_t rates[] = {1, 10, 20, 50, 200, 1000};

struct Case {
    Bytes file{};
    Bytes sidecar{};
    Layout layout{};
    Digest hash{};
};

Case make_case(size_t size, uint32_t per_mille, Chance& chance) {
    Case made{.file = random_bytes(size, chance)};
    made.hash = hash_of(made.file);
    made.sidecar = protect(made.file, made.hash, {per_mille});
    made.layout = choose_layout(size, {per_mille});
    return made;
}

template <class Body>
void for_each_case(Body&& body) {
    Chance chance(7);
    for (const size_t size : sizes) {
        for (const uint32_t rate : rates) {
            if (size > 2'000'000 && rate != 20) continue;  // the same code, only slower
            SCOPED_TRACE(std::to_string(size) + " bytes at " + std::to_string(rate) + " per mille");
            const Case one = make_case(size, rate, chance);
            body(one, chance);
            if (testing::Test::HasFatalFailure()) return;
        }
    }
}

void flip(Bytes& bytes, size_t at, Chance& chance) {
    bytes[at] ^= static_cast<std::byte>(1 + chance() % 255);
}

TEST(Repair, NothingToRepair) {
    for_each_case([](const Case& one, Chance&) {
        const Repair result = repair(one.file, one.sidecar, one.hash);
        ASSERT_TRUE(result.file) << result.problem;
        EXPECT_EQ(*result.file, one.file);
        EXPECT_EQ(result.damaged_shards, 0U);
    });
}

TEST(Repair, FlippedSectorsAsManyAsAGroupMayLose) {
    for_each_case([](const Case& one, Chance& chance) {
        Bytes bad = one.file;
        // In every group, as many shards as there are rows: all that can be.
        const Layout& l = one.layout;
        for (uint64_t group = 0; group < l.groups; ++group) {
            std::vector<uint64_t> members;
            for (uint64_t i = group; i < l.shards(); i += l.groups) members.push_back(i);
            std::shuffle(members.begin(), members.end(), chance);
            members.resize(std::min<size_t>(members.size(), l.rows));
            for (const uint64_t i : members) {
                const uint64_t begin = i * l.shard_size;
                const uint64_t length = std::min<uint64_t>(l.shard_size, l.file_size - begin);
                flip(bad, begin + chance() % length, chance);
            }
        }
        const Repair result = repair(bad, one.sidecar, one.hash);
        ASSERT_TRUE(result.file) << result.problem;
        EXPECT_EQ(*result.file, one.file);
    });
}

// The longest run that is sure to be repaired: it may begin in the middle of a shard.
uint64_t longest_run(const Layout& l) {
    if (l.shards() <= l.parity_shards()) return l.file_size;
    return (l.parity_shards() - 1) * l.shard_size + 1;
}

TEST(Repair, ARunOfZerosAnywhere) {
    for_each_case([](const Case& one, Chance& chance) {
        for (int round = 0; round < 3; ++round) {
            const uint64_t run = longest_run(one.layout);
            Bytes bad = one.file;
            const uint64_t from = chance() % (bad.size() - run + 1);
            std::fill_n(bad.begin() + static_cast<ptrdiff_t>(from), run, std::byte{0});
            const Repair result = repair(bad, one.sidecar, one.hash);
            ASSERT_TRUE(result.file) << result.problem;
            EXPECT_EQ(*result.file, one.file);
        }
    });
}

TEST(Repair, ALostTail) {
    for_each_case([](const Case& one, Chance& chance) {
        const uint64_t run = longest_run(one.layout);
        for (const uint64_t lost : {uint64_t{1}, 1 + chance() % run, run}) {
            Bytes bad = one.file;
            bad.resize(bad.size() - lost);
            const Repair result = repair(bad, one.sidecar, one.hash);
            ASSERT_TRUE(result.file) << result.problem << " lost " << lost;
            EXPECT_EQ(*result.file, one.file);
        }
    });
}

TEST(Repair, BytesThatCameInOrWentMissing) {
    for_each_case([](const Case& one, Chance& chance) {
        Bytes longer = one.file;
        const auto at = static_cast<ptrdiff_t>(chance() % longer.size());
        const Bytes extra = random_bytes(1 + chance() % 9000, chance);
        longer.insert(longer.begin() + at, extra.begin(), extra.end());
        EXPECT_EQ(repair(longer, one.sidecar, one.hash).file, one.file);

        Bytes shorter = one.file;
        const uint64_t run = std::min<uint64_t>(longest_run(one.layout), 5000);
        const auto from = static_cast<ptrdiff_t>(chance() % (shorter.size() - run + 1));
        shorter.erase(shorter.begin() + from, shorter.begin() + from + static_cast<ptrdiff_t>(run));
        EXPECT_EQ(repair(shorter, one.sidecar, one.hash).file, one.file);

        Bytes appended = one.file;
        append(appended, extra);
        EXPECT_EQ(repair(appended, one.sidecar, one.hash).file, one.file);
    });
}

TEST(Repair, SectorsThatChangedPlaces) {
    for_each_case([](const Case& one, Chance& chance) {
        const uint64_t whole_shards = one.file.size() / one.layout.shard_size;
        if (whole_shards < 2) return;
        Bytes bad = one.file;
        const uint64_t first = chance() % (whole_shards - 1);
        const auto a = bad.begin() + static_cast<ptrdiff_t>(first * one.layout.shard_size);
        std::swap_ranges(a, a + one.layout.shard_size, a + one.layout.shard_size);
        const Repair result = repair(bad, one.sidecar, one.hash);
        ASSERT_TRUE(result.file) << result.problem;
        EXPECT_EQ(*result.file, one.file);
        EXPECT_EQ(result.damaged_shards, 2U);
    });
}

TEST(Repair, OneShardTooManyIsSaidAndNothingIsMadeUp) {
    for_each_case([](const Case& one, Chance& chance) {
        const Layout& l = one.layout;
        if (l.group_size() <= l.rows) return;  // all of it may be lost
        Bytes bad = one.file;
        for (uint64_t i = 0; i <= l.rows; ++i) flip(bad, i * l.groups * l.shard_size, chance);
        const Repair result = repair(bad, one.sidecar, one.hash);
        EXPECT_FALSE(result.file);
        EXPECT_NE(result.problem.find("more than its parity can repair"), std::string::npos);
        EXPECT_EQ(result.damaged_shards, l.rows + 1);
    });
}

TEST(Repair, ADamagedSidecarStillDoesWhatItCan) {
    for_each_case([](const Case& one, Chance& chance) {
        const Layout& l = one.layout;
        if (l.rows < 2) return;
        // A parity shard of group 0, one of the headers and one of each page's copies are gone.
        for (const bool at_front : {true, false}) {
            Bytes sidecar = one.sidecar;
            const uint64_t copies = header_size + l.checksums_size();
            const uint64_t from = at_front ? 0 : sidecar.size() - copies;
            std::fill_n(sidecar.begin() + static_cast<ptrdiff_t>(from), copies, std::byte{0});
            flip(sidecar, l.parity_offset() + chance() % l.shard_size, chance);
            Bytes bad = one.file;
            flip(bad, 0, chance);
            const Repair result = repair(bad, sidecar, one.hash);
            ASSERT_TRUE(result.file) << result.problem;
            EXPECT_EQ(*result.file, one.file);
            EXPECT_FALSE(Sidecar::parse(sidecar)->whole());
        }
    });
}

TEST(Repair, ASidecarCutAtEitherEnd) {
    for_each_case([](const Case& one, Chance& chance) {
        const Layout& l = one.layout;
        if (l.rows < 2) return;
        const uint64_t lost = header_size + l.checksums_size() + chance() % l.shard_size;
        const auto kept = static_cast<ptrdiff_t>(lost);
        const Bytes tail_cut(one.sidecar.begin(), one.sidecar.end() - kept);
        const Bytes head_cut(one.sidecar.begin() + kept, one.sidecar.end());
        Bytes bad = one.file;
        flip(bad, chance() % bad.size(), chance);
        for (const Bytes& sidecar : {tail_cut, head_cut}) {
            const Repair result = repair(bad, sidecar, one.hash);
            ASSERT_TRUE(result.file) << result.problem;
            EXPECT_EQ(*result.file, one.file);
        }
    });
}

TEST(Repair, BothHeadersGoneIsSaid) {
    Chance chance(8);
    Case one = make_case(50'000, 20, chance);
    flip(one.sidecar, 3, chance);
    flip(one.sidecar, one.sidecar.size() - 3, chance);
    EXPECT_EQ(repair(one.file, one.sidecar, one.hash).problem, "its parity file is damaged");
    EXPECT_EQ(repair(one.file, {}, one.hash).problem, "its parity file is damaged");
}

TEST(Repair, TheSidecarOfAnotherFileIsOfNoUse) {
    Chance chance(9);
    const Case one = make_case(50'000, 20, chance);
    const Case other = make_case(50'000, 20, chance);
    EXPECT_EQ(repair(one.file, other.sidecar, one.hash).problem, "its parity is of another file");
}

// A sidecar may lie about the hash it names: what comes back must have it.
TEST(Repair, WhatDoesNotMatchTheHashIsNotGivenBack) {
    Chance chance(10);
    const Case one = make_case(50'000, 20, chance);
    const Digest wrong{};
    const Bytes sidecar = protect(one.file, wrong, {20});
    const Repair result = repair(one.file, sidecar, wrong);
    EXPECT_FALSE(result.file);
    EXPECT_EQ(result.problem, "what its parity gives back does not match its name");
}

TEST(Repair, AHugePromiseTakesNoMemory) {
    Chance chance(11);
    const Bytes sidecar_head = encode_header({.layout = choose_layout(uint64_t{1} << 32, {20})});
    Bytes sidecar = sidecar_head;
    sidecar.resize(12U << 20);  // room for its checksums, not for the parity
    EXPECT_FALSE(repair(random_bytes(100, chance), sidecar, {}).file);
}

// Whatever happens to both, the answer is the file or a reason, and the file is right.
TEST(Repair, AnyDamageGivesTheFileOrAReason) {
    size_t repaired = 0;
    size_t refused = 0;
    for (uint64_t seed = 0; seed < 400; ++seed) {
        SCOPED_TRACE(seed);
        Chance chance(seed);
        const size_t size = 1 + chance() % (size_t{1} << (4 + chance() % 17));
        Case one = make_case(size, rates[chance() % std::size(rates)], chance);
        const auto harm = [&](Bytes& bytes) {
            for (uint64_t times = chance() % 4; times > 0 && !bytes.empty(); --times) {
                const size_t at = chance() % bytes.size();
                const size_t length = chance() % std::min<size_t>(bytes.size() - at + 1, 9000);
                const auto from = bytes.begin() + static_cast<ptrdiff_t>(at);
                const auto to = from + static_cast<ptrdiff_t>(length);
                switch (chance() % 5) {
                    case 0:
                        flip(bytes, at, chance);
                        break;
                    case 1:
                        std::fill(from, to, std::byte{0});
                        break;
                    case 2:
                        bytes.resize(at);
                        break;
                    case 3:
                        bytes.erase(from, to);
                        break;
                    default:
                        bytes.insert(from, length, std::byte{7});
                }
            }
        };
        Bytes bad = one.file;
        harm(bad);
        harm(one.sidecar);
        const Repair result = repair(bad, one.sidecar, one.hash);
        if (result.file) {
            EXPECT_EQ(*result.file, one.file);
            ++repaired;
        } else {
            EXPECT_FALSE(result.problem.empty());
            ++refused;
        }
    }
    EXPECT_GT(repaired, 100U);
    EXPECT_GT(refused, 20U);
}

}  // namespace
}  // namespace lifeboat::parity
