#include "crypto/sha256_lanes.h"

#include "base/hex.h"
#include "crypto/crypto_test_data.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace lifeboat::crypto {
namespace {

class Sha256All : public testing::TestWithParam<Sha256Variant> {
protected:
    void SetUp() override {
        if (!supported(GetParam())) GTEST_SKIP() << "this machine has no " << name_of(GetParam());
    }
    void expect_right(const std::vector<Bytes>& messages) const {
        const std::vector<ByteView> views(messages.begin(), messages.end());
        std::vector<Sha256Value> values(messages.size());
        sha256_all(views, values, GetParam());
        for (size_t i = 0; i < messages.size(); ++i) {
            EXPECT_EQ(values[i], sha256(messages[i]))
                << "message " << i << " of " << messages.size() << ", " << messages[i].size();
        }
    }
};
INSTANTIATE_TEST_SUITE_P(Crypto, Sha256All,
                         testing::Values(Sha256Variant::one_by_one, Sha256Variant::interleaved));

TEST_P(Sha256All, KnowsThePublishedValues) {
    const std::vector<std::string> texts{
        "", "abc", "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"};
    std::vector<ByteView> views;
    for (const std::string& text : texts) views.push_back(as_bytes(text));
    std::vector<Sha256Value> values(views.size());
    sha256_all(views, values, GetParam());
    EXPECT_EQ(to_hex(values[0]),
              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(to_hex(values[1]),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(to_hex(values[2]),
              "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST_P(Sha256All, HashesEveryLength) {
    std::vector<Bytes> messages;
    for (uint32_t size = 0; size < 300; ++size) messages.push_back(made_up(size, size));
    expect_right(messages);
}

TEST_P(Sha256All, HashesAnyNumberOfMessages) {
    for (size_t count = 0; count < 8; ++count) {
        std::vector<Bytes> messages;
        for (size_t i = 0; i < count; ++i) {
            messages.push_back(made_up(1000 * i * i + 63, static_cast<uint32_t>(i)));
        }
        expect_right(messages);
    }
}

TEST_P(Sha256All, HashesLongAndShortOnesTogether) {
    expect_right({made_up(1'500'000, 1),
                  made_up(0, 2),
                  made_up(64, 3),
                  made_up(700'001, 4),
                  {},
                  made_up(1, 5),
                  made_up(119, 6),
                  made_up(120, 7),
                  made_up(333'333, 8)});
}

TEST_P(Sha256All, UsesALanesMemoryAgainOnlyWhenItIsFree) {
    // The feed overwrites what it gave for a lane before: a hash taken too late would be wrong.
    std::array<Bytes, sha256_lanes> memory{};
    std::vector<Bytes> messages;
    for (uint32_t i = 0; i < 50; ++i) messages.push_back(made_up(i * 7919 % 40'000, i));
    std::vector<Sha256Value> values(messages.size());
    size_t next = 0;
    const auto feed = [&](size_t lane) -> std::optional<Sha256Message> {
        if (next == messages.size()) return std::nullopt;
        memory.at(lane) = messages[next];
        return Sha256Message{memory.at(lane), &values[next++]};
    };
    sha256_row(feed, GetParam());
    for (size_t i = 0; i < messages.size(); ++i) EXPECT_EQ(values[i], sha256(messages[i])) << i;
}

TEST_P(Sha256All, TakesMessagesInPieces) {
    struct Lane {
        ByteView rest{};
        Sha256Value* value = nullptr;
        Bytes memory{};
    };
    std::array<Lane, sha256_lanes> lanes{};
    std::vector<Bytes> messages;
    for (uint32_t i = 0; i < 40; ++i) messages.push_back(made_up(i * i * 97, i));
    std::vector<Sha256Value> values(messages.size());
    size_t next = 0;
    const auto feed = [&](size_t number) -> std::optional<Sha256Message> {
        Lane& lane = lanes.at(number);
        if (lane.value == nullptr) {
            if (next == messages.size()) return std::nullopt;
            lane.rest = messages[next];
            lane.value = &values[next++];
        }
        constexpr size_t piece = 320;
        const ByteView now = lane.rest.first(std::min(piece, lane.rest.size()));
        lane.rest = lane.rest.subspan(now.size());
        lane.memory.assign(now.begin(), now.end());
        Sha256Value* const value = lane.value;
        const bool ends = lane.rest.empty();
        if (ends) lane.value = nullptr;
        return Sha256Message{lane.memory, value, ends};
    };
    sha256_row(feed, GetParam());
    for (size_t i = 0; i < messages.size(); ++i) EXPECT_EQ(values[i], sha256(messages[i])) << i;
}

TEST_P(Sha256All, AsksNoMoreAfterTheEnd) {
    size_t asked = 0;
    sha256_row(
        [&](size_t) -> std::optional<Sha256Message> {
            ++asked;
            return std::nullopt;
        },
        GetParam());
    EXPECT_EQ(asked, 1u);
}

}  // namespace
}  // namespace lifeboat::crypto
