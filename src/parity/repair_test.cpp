// Repairs of what was damaged at random: as much as the code promises, and what is beyond it.
#include "parity/parity.h"
#include "parity/test_bytes.h"

#include <gtest/gtest.h>

namespace lifeboat::parity {
namespace {

using testing_parity::Chance;
using testing_parity::hash_of;
using testing_parity::random_bytes;

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
