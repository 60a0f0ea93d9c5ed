#include "repository/prune_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lifeboat::repository {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr uint64_t mib = uint64_t{1} << 20;

BlobId blob_id(uint32_t number) {
    BlobId id;
    for (size_t i = 0; i < 4; ++i) id.value[i] = static_cast<std::byte>(number >> (8 * i));
    id.value[31] = std::byte{1};
    return id;
}
PackId pack_id(uint32_t number) {
    return {blob_id(number).value};
}

PackFacts data_pack(uint64_t kept, uint64_t spare) {
    return {.size = kept + spare + 36,
            .kept_blobs = kept == 0 ? 0u : 1u,
            .kept_bytes = kept,
            .spare_blobs = spare == 0 ? 0u : 1u,
            .spare_bytes = spare,
            .has_data = true};
}
PackFacts tree_pack(uint64_t kept, uint64_t spare) {
    PackFacts pack = data_pack(kept, spare);
    std::swap(pack.has_data, pack.has_trees);
    return pack;
}

constexpr PackFate keep = PackFate::keep;
constexpr PackFate gone = PackFate::remove;
constexpr PackFate rewrite = PackFate::rewrite;

TEST(UnusedLimit, isAPartOfWhatIsThereAfterwards) {
    EXPECT_EQ(UnusedLimit{.percent = 50}.beside(100), 100u);
    EXPECT_EQ(UnusedLimit{.percent = 5}.beside(95), 5u);
    EXPECT_EQ(UnusedLimit{.percent = 0}.beside(100), 0u);
    EXPECT_EQ(UnusedLimit{.percent = 100}.beside(1), UINT64_MAX);
    EXPECT_EQ((UnusedLimit{.bytes = 7}.beside(100)), 7u);
}

TEST(PrunePlan, packsThatNobodyNeedsGoAndFullOnesStay) {
    const auto plan = plan_prune({data_pack(16 * mib, 0), data_pack(0, 9 * mib)}, {});
    EXPECT_THAT(plan.fates, ElementsAre(keep, gone));
    EXPECT_EQ(plan.bytes_to_rewrite, 0u);
    EXPECT_EQ(plan.bytes_unused_left, 0u);
    EXPECT_THAT(plan_prune({}, {}).fates, IsEmpty());
}

TEST(PrunePlan, theMostWastefulPacksAreWrittenAnewUntilItIsEnough) {
    const std::vector<PackFacts> packs{data_pack(15 * mib, 1 * mib), data_pack(2 * mib, 14 * mib),
                                       data_pack(10 * mib, 6 * mib), data_pack(100 * mib, 0)};
    const auto plan = plan_prune(packs, {.max_unused = {.percent = 5}});  // of 127: 6.7 MiB
    EXPECT_THAT(plan.fates, ElementsAre(keep, rewrite, rewrite, keep));
    EXPECT_EQ(plan.bytes_to_rewrite, 12 * mib);
    EXPECT_EQ(plan.bytes_unused_left, 1 * mib);
    EXPECT_THAT(plan_prune(packs, {.max_unused = {.bytes = 7 * mib}}).fates,
                ElementsAre(keep, rewrite, keep, keep));
    EXPECT_THAT(plan_prune(packs, {.max_unused = {.bytes = 0}}).fates,
                ElementsAre(rewrite, rewrite, rewrite, keep));
    EXPECT_THAT(plan_prune(packs, {.max_unused = {.bytes = UINT64_MAX}}).fates, Each(keep));
}

TEST(PrunePlan, isBoundedByWhatMayBeWritten) {
    const std::vector<PackFacts> packs{data_pack(8 * mib, 8 * mib), data_pack(9 * mib, 7 * mib),
                                       data_pack(1 * mib, 1 * mib / 2)};
    const PruneOptions options{.max_unused = {.bytes = 0}, .max_repack_size = 9 * mib};
    const auto plan = plan_prune(packs, options);
    // The first by waste, then whatever still fits.
    EXPECT_THAT(plan.fates, ElementsAre(rewrite, keep, rewrite));
    EXPECT_EQ(plan.bytes_to_rewrite, 9 * mib);
    EXPECT_THAT(plan_prune(packs, {.max_unused = {.bytes = 0}, .max_repack_size = 0}).fates,
                Each(keep));
}

TEST(PrunePlan, treesAreAlwaysFreedOfWhatIsNotNeeded) {
    const auto plan = plan_prune({tree_pack(9 * mib, 1), data_pack(9 * mib, 1)},
                                 {.max_unused = {.bytes = UINT64_MAX}});
    EXPECT_THAT(plan.fates, ElementsAre(rewrite, keep));
}

TEST(PrunePlan, mixedPacksAndBareTreesAreBroughtIntoForm) {
    PackFacts mixed = data_pack(9 * mib, 0);
    mixed.has_trees = true;
    PackFacts bare = tree_pack(9 * mib, 0);
    bare.has_bare_trees = true;
    EXPECT_THAT(plan_prune({mixed, bare, tree_pack(9 * mib, 0)}, {}).fates,
                ElementsAre(rewrite, rewrite, keep));
}

TEST(PrunePlan, smallPacksAreMergedWhenThereAreTenOfAKind) {
    std::vector<PackFacts> packs(9, data_pack(1 * mib, 0));
    packs.insert(packs.end(), 9, tree_pack(1 * mib, 0));
    packs.insert(packs.end(), 50, data_pack(16 * mib, 0));
    EXPECT_THAT(plan_prune(packs, {}).fates, Each(keep));
    packs.push_back(data_pack(1 * mib, 0));
    const auto plan = plan_prune(packs, {});
    EXPECT_EQ(std::ranges::count(plan.fates, rewrite), 10);
    EXPECT_EQ(plan.fates.back(), rewrite);
    EXPECT_EQ(plan.bytes_to_rewrite, 10 * mib);
}

TEST(PrunePlan, whatIsSmallDependsOnWhatIsUsual) {
    std::vector<PackFacts> packs(100, data_pack(64 * mib, 0));
    for (size_t i = 0; i < 3; ++i) packs[i] = data_pack(40 * mib, 0);
    packs.insert(packs.end(), 10, data_pack(3 * mib, 0));
    // 13 of 110 are below 64 MiB: the third percentile is 3 MiB, and 4 MiB the least that counts.
    const auto plan = plan_prune(packs, {});
    EXPECT_EQ(std::ranges::count(plan.fates, rewrite), 10);
    EXPECT_EQ(plan.fates[0], keep);
}

// Packs by the lengths of their blobs' boxes.
struct Copies {
    Index index{};
    std::vector<PackFacts> packs{};
    std::unique_ptr<EntrySets> sets{};

    struct Blob {
        uint32_t number = 0;
        uint32_t length = 0;
    };
    void add(uint32_t pack, const std::vector<Blob>& blobs, BlobType type = BlobType::data) {
        std::vector<PackedBlob> packed;
        uint32_t offset = 0;
        for (const Blob& blob : blobs) {
            packed.push_back({.id = blob_id(blob.number),
                              .type = type,
                              .offset = offset,
                              .length = blob.length,
                              .raw_length = blob.length});
            offset += blob.length;
        }
        index.add_pack(pack_id(pack), packed);
    }
    void use(const std::vector<uint32_t>& numbers) {
        sets = std::make_unique<EntrySets>(index.entry_count());
        packs = list_packs(index);
        for (const uint32_t number : numbers) {
            sets->used.set(*index.first_entry(blob_id(number), BlobType::data));
        }
    }
    std::vector<BlobId> choose() { return choose_copies(index, packs, *sets); }
    std::vector<uint64_t> kept_blobs() const {
        std::vector<uint64_t> counts;
        for (const PackFacts& pack : packs) counts.push_back(pack.kept_blobs);
        return counts;
    }
};

TEST(CopyChoice, countsWhatIsNeededOfEachPack) {
    Copies copies;
    copies.add(1, {{1, 100}, {2, 200}});
    copies.add(2, {{3, 300}});
    copies.use({2});
    EXPECT_THAT(copies.choose(), IsEmpty());
    EXPECT_EQ(copies.packs[0].size, 36u + 300 + 2 * 41);
    EXPECT_EQ(copies.packs[0].kept_bytes, 241u);
    EXPECT_EQ(copies.packs[0].spare_bytes, 141u);
    EXPECT_EQ(copies.packs[1].kept_blobs, 0u);
    EXPECT_TRUE(copies.sets->kept.test(1));
    EXPECT_FALSE(copies.sets->kept.test(0));
}

TEST(CopyChoice, aCopyInAPackThatStaysWins) {
    Copies copies;
    copies.add(1, {{1, 5 << 20}, {9, 5 << 20}});  // half of it is not needed
    copies.add(2, {{1, 5 << 20}, {2, 5 << 20}});
    copies.use({1, 2});
    EXPECT_THAT(copies.choose(), IsEmpty());
    EXPECT_THAT(copies.kept_blobs(), ElementsAre(0, 2));
    EXPECT_EQ(copies.packs[0].duplicate_bytes, (5u << 20) + 41);
}

TEST(CopyChoice, ofTwoPacksWithTheSameBlobsOneGoesWhole) {
    Copies copies;
    copies.add(1, {{1, 100}, {2, 100}, {3, 100}});
    copies.add(2, {{3, 100}, {1, 100}, {2, 100}});
    copies.use({1, 2, 3});
    EXPECT_THAT(copies.choose(), IsEmpty());
    EXPECT_THAT(copies.kept_blobs(), ElementsAre(3, 0));
}

TEST(CopyChoice, whatAnInterruptedRunCopiedMakesTheOldPackNeedless) {
    Copies copies;
    copies.add(1, {{1, 100}, {2, 100}, {9, 900}});
    copies.add(2, {{2, 100}, {1, 100}});
    copies.use({1, 2});
    copies.choose();
    EXPECT_THAT(copies.kept_blobs(), ElementsAre(0, 2));
}

TEST(CopyChoice, aPackThatIsNotThereOrABrokenBoxIsNoCopy) {
    Copies copies;
    copies.add(1, {{1, 5 << 20}, {2, 5 << 20}});
    copies.add(2, {{1, 100}, {9, 900}});
    copies.use({1});
    copies.packs[0].usable = false;
    EXPECT_THAT(copies.choose(), IsEmpty());
    EXPECT_THAT(copies.kept_blobs(), ElementsAre(0, 1));
    copies.packs[0].usable = true;
    copies.sets->broken.set(2);
    EXPECT_THAT(copies.choose(), IsEmpty());
    EXPECT_THAT(copies.kept_blobs(), ElementsAre(1, 0));
    EXPECT_FALSE(copies.sets->kept.test(2));
    copies.packs[0].usable = false;
    EXPECT_THAT(copies.choose(), ElementsAre(blob_id(1)));
    copies.use({2});
    copies.packs[0].usable = false;
    EXPECT_THAT(copies.choose(), ElementsAre(blob_id(2)));
}

TEST(CopyChoice, treesAndDataWithTheSameIdAreTwoBlobs) {
    Copies copies;
    copies.add(1, {{1, 100}});
    copies.add(2, {{1, 100}}, BlobType::tree);
    copies.use({1});
    EXPECT_THAT(copies.choose(), IsEmpty());
    EXPECT_THAT(copies.kept_blobs(), ElementsAre(1, 0));
    EXPECT_EQ(copies.packs[1].duplicate_bytes, 0u);
    EXPECT_TRUE(copies.packs[1].has_trees);
}

}  // namespace
}  // namespace lifeboat::repository
