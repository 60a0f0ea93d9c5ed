// A sample reads everything after enough runs, and one snapshot's check asks only about its own.
#include "repository/check_part.h"

#include "base/error.h"
#include "repository/repair_world.h"
#include "storage/faulty_backend.h"

#include <gmock/gmock.h>

namespace lifeboat::repository {
namespace {

using testing::SizeIs;
using testing_world::RepairWorld;

struct PartWorld : RepairWorld {
    PartWorld() : RepairWorld(3) {}
    CheckPartReport check(const CheckPart& part, storage::Backend* at = nullptr) {
        return check_part(*open(at != nullptr ? *at : place), part, events, {});
    }
};

TEST(CheckPart, aRollingSampleReadsEveryPackBeforeAnyTwice) {
    for (const double share : {0.05, 0.2, 0.5, 1.0}) {
        PartWorld world;
        const size_t packs = world.names("data/").size();
        ASSERT_GE(packs, 6u);
        std::map<std::string, int> reads;
        std::optional<PackId> after;
        uint64_t runs = 0;
        for (uint64_t read = 0; read < packs; ++runs) {
            storage::FaultyBackend watched(world.place);
            const CheckPartReport report =
                world.check({.read_data = true, .share = share, .after = after}, &watched);
            EXPECT_TRUE(report.check.clean());
            ASSERT_GE(report.packs_read, 1u);
            ASSERT_TRUE(report.last);
            read += report.packs_read;
            after = report.last;
        }
        EXPECT_LE(static_cast<double>(runs), 1 / share + 1);
    }
}

TEST(CheckPart, damageIsFoundWithinOneRound) {
    PartWorld world;
    for (const std::string& pack : world.packs(BlobType::data)) {
        world.place.set_files(world.whole);
        world.flip(pack);
        std::optional<PackId> after;
        bool found = false;
        for (int run = 0; run < 5 && !found; ++run) {
            const auto report = world.check({.read_data = true, .share = 0.25, .after = after});
            after = report.last;
            found = !report.check.damages.empty();
            if (found) {
                EXPECT_EQ(report.check.damages[0].file, pack);
                EXPECT_FALSE(report.check.affected.empty());
            }
        }
        EXPECT_TRUE(found) << pack;
    }
}

TEST(CheckPart, aPackThatIsGoneDoesNotStopTheRound) {
    PartWorld world;
    PackId last{};
    last.value.fill(std::byte{0xFF});
    const auto report = world.check({.read_data = true, .share = 0.1, .after = last});
    EXPECT_GE(report.packs_read, 1u);
    EXPECT_LT(*report.last, last);
}

TEST(CheckPart, oneSnapshotIsCheckedByItself) {
    PartWorld world;
    const auto snapshots = world.open(world.place)->snapshots({});
    // Of the first pack every snapshot needs something, of the last only the newest one.
    const CheckPartReport whole = world.check({.snapshot = snapshots[0].id, .read_data = true});
    EXPECT_TRUE(whole.check.clean());
    EXPECT_EQ(whole.check.snapshots, 1u);
    EXPECT_LT(whole.packs_read, world.names("data/").size());
    size_t concerned = 0;
    for (const std::string& pack : world.names("data/")) {
        world.place.set_files(world.whole);
        world.flip(pack);
        const auto report = world.check({.snapshot = snapshots[0].id, .read_data = true});
        if (report.check.clean()) continue;
        ++concerned;
        ASSERT_THAT(report.check.damages, SizeIs(1));
        EXPECT_EQ(report.check.damages[0].file, pack);
        for (const auto& file : report.check.affected) EXPECT_EQ(file.snapshot, snapshots[0].id);
    }
    EXPECT_EQ(concerned, whole.packs_read);
    world.place.set_files(world.whole);
    for (const std::string& pack : world.packs(BlobType::data)) world.place.remove(pack, {});
    EXPECT_EQ(world.check({.snapshot = snapshots[0].id}).check.damages.size(),
              whole.packs_read - 1);  // the other one holds its folders
    EXPECT_THROW(world.check({.snapshot = SnapshotId{}}), Missing);
}

}  // namespace
}  // namespace lifeboat::repository
