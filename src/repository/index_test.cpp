#include "repository/index.h"

#include "base/error.h"
#include "repository/test_world.h"
#include "storage/faulty_backend.h"

#include <gtest/gtest.h>

#include <cstring>
#include <map>

namespace lifeboat::repository {
namespace {

using testing_world::World;

// Quick, and spread as hashes are (the finish of SplitMix64).
BlobId blob_id(uint64_t number) {
    BlobId id;
    for (size_t i = 0; i < 4; ++i) {
        uint64_t word = (number + 1) * 0x9E3779B97F4A7C15 + i;
        word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9;
        word = (word ^ (word >> 27)) * 0x94D049BB133111EB;
        word ^= word >> 31;
        std::memcpy(id.value.data() + i * sizeof word, &word, sizeof word);
    }
    return id;
}

PackId pack_id(uint64_t number) {
    return {blob_id(number | uint64_t{1} << 63).value};
}

std::vector<PackedBlob> pack_of(uint64_t first, uint32_t count) {
    std::vector<PackedBlob> blobs;
    for (uint32_t i = 0; i < count; ++i) {
        blobs.push_back({.id = blob_id(first + i),
                         .type = BlobType::data,
                         .offset = i * 1000,
                         .length = 1000,
                         .raw_length = i % 2 == 0 ? 0u : 1500u});
    }
    return blobs;
}

// The promise of docs/performance.md, with the fewest blobs a pack of 16 MiB usually has: at any
// moment, so also right before and right behind each growth of the tables.
TEST(IndexMemory, isAtMost64BytesABlobAtAnySize) {
    constexpr uint32_t blobs_in_pack = 16;
    constexpr uint64_t small = 100'000;  // below, the last block that is not full counts too much
    Index index;
    double worst = 0;
    for (uint64_t blobs = 0; blobs < 1'050'000; blobs += blobs_in_pack) {
        index.add_pack(pack_id(blobs), pack_of(blobs, blobs_in_pack));
        if (blobs < small) continue;
        worst = std::max(
            worst, static_cast<double>(index.memory()) / static_cast<double>(index.entry_count()));
    }
    EXPECT_EQ(index.entry_count(), 1'050'000u);
    EXPECT_LE(worst, 64.0);
    EXPECT_GE(worst, 53.0) << "the table cannot be smaller than its entries: what is measured?";
    RecordProperty("bytes_a_blob", std::to_string(worst));
    for (const uint64_t number : {0, 1, 524'287, 524'288, 1'049'999}) {
        const auto place = index.place(blob_id(number), BlobType::data);
        ASSERT_TRUE(place.has_value()) << number;
        EXPECT_EQ(place->pack, pack_id(number / blobs_in_pack * blobs_in_pack));
        EXPECT_EQ(place->blob.offset, number % blobs_in_pack * 1000);
        EXPECT_FALSE(index.has(blob_id(number), BlobType::tree));
    }
    EXPECT_FALSE(index.has(blob_id(1'050'000), BlobType::data));
}

TEST(Index, knowsPacksByNumberAndWhatIsSaidOfThem) {
    Index index;
    for (uint64_t i = 0; i < 5000; ++i) EXPECT_TRUE(index.add_pack(pack_id(i), pack_of(i * 2, 2)));
    EXPECT_FALSE(index.add_pack(pack_id(7), pack_of(14, 2)));
    EXPECT_EQ(index.pack_count(), 5000u);
    EXPECT_EQ(index.pack_number(pack_id(4999)), 4999u);
    EXPECT_EQ(index.pack_number(pack_id(5000)), std::nullopt);
    EXPECT_TRUE(index.says_of(pack_id(7), pack_of(14, 2)));
    auto other = pack_of(14, 2);
    other[1].offset += 1;
    EXPECT_FALSE(index.says_of(pack_id(7), other));
    EXPECT_FALSE(index.says_of(pack_id(8), pack_of(14, 2)));
    EXPECT_FALSE(index.says_of(pack_id(5000), pack_of(14, 2)));
    const auto entry = index.first_entry(blob_id(15), BlobType::data);
    ASSERT_TRUE(entry.has_value());
    EXPECT_EQ(index.stored(*entry).pack, 7u);
    EXPECT_EQ(index.stored(*entry).blob, pack_of(14, 2)[1]);
}

struct IndexLoadTest : testing::Test {
    World world{};
    storage::MemoryBackend backend{};
    Store store{backend, world.options, world.master, world.config, KeyId{}};

    void save(uint64_t number, uint64_t blobs_from) {
        store.save_document("index/", encode_index({{pack_id(number), pack_of(blobs_from, 100)}}),
                            {});
    }
};

TEST_F(IndexLoadTest, manyFilesAreReadByTwoThreadsAndNoneIsLost) {
    for (uint64_t i = 0; i < 50; ++i) save(i, i * 100);
    store.refresh_index({});
    EXPECT_EQ(store.index_files().size(), 50u);
    store.with_index({}, [](const Index& index) {
        EXPECT_EQ(index.entry_count(), 5000u);
        for (uint64_t i = 0; i < 5000; ++i) {
            const auto place = index.place(blob_id(i), BlobType::data);
            ASSERT_TRUE(place.has_value());
            EXPECT_EQ(place->pack, pack_id(i / 100));
        }
    });
    // The entries of a pack follow each other, whoever read it: check relies on that.
    store.with_index({}, [](const Index& index) {
        size_t last_pack = SIZE_MAX, runs = 0;
        index.for_each([&](size_t pack, size_t, const PackedBlob&) {
            runs += pack != last_pack ? 1 : 0;
            last_pack = pack;
        });
        EXPECT_EQ(runs, 50u);
    });
}

TEST_F(IndexLoadTest, tellsOfPacksThatAreNamedTwice) {
    save(1, 0);
    save(2, 100);
    // The same pack in another file, once the same and once not.
    store.save_document("index/", encode_index({{pack_id(1), pack_of(0, 100)}, {pack_id(3), {}}}),
                        {});
    store.save_document("index/", encode_index({{pack_id(2), pack_of(500, 100)}}), {});
    std::multimap<PackId, bool> repeated;
    store.refresh_index(
        {}, [&](const IndexId&, const PackId& pack, bool same) { repeated.emplace(pack, same); });
    EXPECT_EQ(repeated, (std::multimap<PackId, bool>{{pack_id(1), true}, {pack_id(2), false}}));
}

TEST_F(IndexLoadTest, aFailureOfOneThreadComesOut) {
    for (uint64_t i = 0; i < 10; ++i) save(i, i * 100);
    storage::FaultyBackend faulty(backend);
    Store shaky(faulty, world.options, world.master, world.config, KeyId{});
    faulty.inject({.kind = storage::Fault::Kind::unreachable, .prefix = "index/", .first = 6});
    EXPECT_THROW(shaky.refresh_index({}), storage::Unreachable);
    EXPECT_NO_THROW(shaky.refresh_index({}));
    EXPECT_EQ(shaky.index_files().size(), 10u);
    std::stop_source stopped;
    stopped.request_stop();
    Store fresh(backend, world.options, world.master, world.config, KeyId{});
    EXPECT_THROW(fresh.refresh_index(stopped.get_token()), Cancelled);
}

}  // namespace
}  // namespace lifeboat::repository
