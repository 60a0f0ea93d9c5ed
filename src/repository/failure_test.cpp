// Nothing that can go wrong between the start and the end of a backup costs more than that backup.
#include "base/error.h"
#include "repository/lock.h"
#include "repository/test_world.h"
#include "storage/faulty_backend.h"
#include "sys/own_process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lifeboat::repository {
namespace {

using storage::Fault;
using storage::FaultyBackend;
using storage::MemoryBackend;
using testing::HasSubstr;
using testing_world::back_up;
using testing_world::Contents;
using testing_world::random_bytes;
using testing_world::read_back;
using testing_world::World;

// Small, so that a run takes a blink; blobs, trees, several folders.
Contents small_contents(uint64_t seed) {
    return {{"a/one", random_bytes(seed, 50'000)},
            {"a/two", to_bytes("two")},
            {"b/c/three", random_bytes(seed + 1, 700'000)},
            {"empty", {}}};
}

class FailureAt : public testing::TestWithParam<Fault::Kind> {};

TEST_P(FailureAt, anyOperationLeavesACleanRepositoryAndTheNextRunCompletes) {
    World world;
    MemoryBackend backend;
    const Contents old_files = small_contents(1);
    back_up(*world.open(backend), old_files, nullptr, world.clock.now());
    const auto start = backend.files();
    const Contents files = small_contents(2);
    bool completed = false;
    uint64_t failed_runs = 0;
    for (uint64_t k = 1; !completed; ++k) {
        ASSERT_LT(k, 200u);
        backend.set_files(start);
        FaultyBackend faulty(backend);
        faulty.inject({.kind = GetParam(), .first = k});
        try {
            const auto repository = world.open(faulty);
            const auto snapshots = repository->snapshots({});
            back_up(*repository, files, snapshots.empty() ? nullptr : &snapshots.back(),
                    world.clock.now());
            completed = faulty.count() < k;
        } catch (const Error&) {
            ++failed_runs;
        }
        faulty.heal();
        world.clock.advance(std::chrono::hours{1});
        const auto again = world.open(backend);
        const Receipt receipt = back_up(*again, files, nullptr, world.clock.now());
        EXPECT_EQ(receipt.failed, 0u);
        for (const Snapshot& snapshot : again->snapshots({})) {
            const bool is_old = snapshot.time == again->snapshots({}).front().time;
            EXPECT_EQ(read_back(*again->read(snapshot, {})), is_old ? old_files : files)
                << "after failure " << k;
        }
        // A removal that failed leaves our own lock; its program still lives, here.
        auto left = backend.files();
        std::erase_if(left, [](const auto& f) { return f.first.starts_with("locks/"); });
        backend.set_files(left);
        const CheckReport report = again->check({.read_data = true}, world.events, {});
        EXPECT_TRUE(report.clean()) << "after failure " << k << ": "
                                    << (report.damages.empty() ? "" : report.damages[0].problem);
    }
    EXPECT_GT(failed_runs, 5u);
}

INSTANTIATE_TEST_SUITE_P(Kinds, FailureAt,
                         testing::Values(Fault::Kind::temporary, Fault::Kind::no_space,
                                         Fault::Kind::lost_answer));

// As kill -9 at any moment: only what was saved by then is there.
TEST(Failure, aKillAtAnyMomentIsHarmless) {
    World world;
    MemoryBackend backend;
    const Contents old_files = small_contents(1);
    back_up(*world.open(backend), old_files, nullptr, world.clock.now());
    const auto start = backend.files();
    const Contents files = small_contents(2);
    size_t saves = 0;
    for (uint64_t k = 1;; ++k) {
        backend.set_files(start);
        FaultyBackend faulty(backend);
        // From the k-th saving on the place is as if the program were gone.
        faulty.inject({.kind = Fault::Kind::unreachable,
                       .operations = static_cast<uint32_t>(storage::Operation::save),
                       .first = k,
                       .count = UINT64_MAX});
        bool died = false;
        try {
            back_up(*world.open(faulty), files, nullptr, world.clock.now());
        } catch (const storage::Unreachable&) {
            died = true;
        }
        if (!died) break;
        ++saves;
        world.clock.advance(std::chrono::hours{1});
        const auto again = world.open(backend);
        EXPECT_EQ(again->snapshots({}).size(), 1u);
        EXPECT_EQ(read_back(*again->read(again->snapshots({}).front(), {})), old_files);
        EXPECT_TRUE(again->check({.read_data = true}, world.events, {}).clean());
        back_up(*again, files, nullptr, world.clock.now());
        EXPECT_EQ(read_back(*again->read(again->snapshots({}).back(), {})), files);
    }
    EXPECT_GE(saves, 4u);  // lock, packs, index, snapshot
}

TEST(Failure, aBitThatFlipsOnceWhileReadingIsReadAgain) {
    World world;
    MemoryBackend backend;
    back_up(*world.open(backend), small_contents(1), nullptr, world.clock.now());
    FaultyBackend faulty(backend);
    const auto repository = world.open(faulty);
    for (const char* prefix : {"snapshots/", "index/"}) {
        faulty.inject({.kind = Fault::Kind::flipped_bit,
                       .operations = static_cast<uint32_t>(storage::Operation::load),
                       .prefix = prefix});
    }
    const auto snapshots = repository->snapshots({});
    ASSERT_EQ(snapshots.size(), 1u);
    EXPECT_EQ(read_back(*repository->read(snapshots[0], {})), small_contents(1));
}

}  // namespace
}  // namespace lifeboat::repository
