// Whatever fails, and wherever a program is killed, while backups are forgotten and the repository
// is tidied: nothing that a backup needs is lost, and the next run completes.
#include "base/error.h"
#include "repository/prune_world.h"
#include "storage/faulty_backend.h"
#include "storage/local_backend.h"
#include "storage/temporary_folder.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

namespace lifeboat::repository {
namespace {

using storage::Fault;
using storage::FaultyBackend;
using testing_world::Contents;
using testing_world::Events;
using testing_world::nothing_unused;
using testing_world::PruneWorld;
using testing_world::read_back;

// Five backups, of which two go: whole packs go, packs with data and with trees are written anew,
// there is a pack that no index names, one blob is there twice, and parity.
struct Story {
    PruneWorld world{};
    std::vector<SnapshotId> ids{};
    std::vector<SnapshotId> doomed{};

    Story() {
        ids = world.add_several(5);
        doomed = {ids[0], ids[2]};
        world.backend.save(pack_name({.value = {std::byte{9}}}), testing_world::random_bytes(1, 99),
                           {});
        for (const std::string& name : world.names("data/")) {
            world.backend.save("parity/" + name.substr(5), to_bytes("parity"), {});
        }
    }

    // As a person would have it done.
    void tidy(storage::Backend& backend) {
        const auto repository = world.open(backend);
        repository->forget(doomed, {});
        repository->prune(nothing_unused, world.events, {});
    }
    // Backups that must be there are, and whole; those that were to go may still be.
    void expect_whole(storage::Backend& backend, const std::string& after) {
        const auto repository = world.open(backend);
        const CheckReport report = repository->check({.read_data = true}, world.events, {});
        for (const Damage& damage : report.damages) {
            ADD_FAILURE() << after << ": " << damage.file << ": " << damage.problem;
        }
        EXPECT_TRUE(report.affected.empty()) << after;
        size_t needed = 0;
        for (const Snapshot& snapshot : repository->snapshots({})) {
            EXPECT_EQ(read_back(*repository->read(snapshot, {})), world.expected.at(snapshot.id))
                << after;
            needed += std::ranges::count(doomed, snapshot.id) == 0 ? 1 : 0;
        }
        EXPECT_EQ(needed, ids.size() - doomed.size()) << after;
    }
    void expect_completed(storage::Backend& backend, const std::string& after) {
        tidy(backend);
        PruneOptions look = nothing_unused;
        look.dry_run = true;
        const PruneReport report = world.open(backend)->prune(look, world.events, {});
        EXPECT_EQ(report.bytes_freed, 0u) << after;
        EXPECT_EQ(report.packs_unindexed, 0u) << after;
        size_t parity = 0;
        backend.list("parity/",
                     [&](const std::string& name, uint64_t) {
                         ++parity;
                         EXPECT_TRUE(backend.size(pack_name(*PackId::parse(name.substr(10))), {}))
                             << after;
                     },
                     {});
        EXPECT_LT(parity, 10u) << after;
        expect_whole(backend, after + ", and the next run");
    }
};

class PruneFailureAt : public testing::TestWithParam<Fault> {};

TEST_P(PruneFailureAt, anyOperationLosesNothingAndTheNextRunCompletes) {
    Story story;
    const auto start = story.world.backend.files();
    uint64_t failed_runs = 0;
    uint64_t k = 1;
    for (bool reached = true; reached; ++k) {
        ASSERT_LT(k, 1000u);
        story.world.backend.set_files(start);
        FaultyBackend faulty(story.world.backend);
        Fault fault = GetParam();
        fault.first = k;
        faulty.inject(fault);
        try {
            story.tidy(faulty);
        } catch (const Error&) {
            ++failed_runs;
        }
        reached = faulty.count(fault.operations) >= k;
        // A lock whose removal failed: its program, this one, still lives.
        story.world.remove_locks();
        const std::string after = "failure " + std::to_string(k);
        story.expect_whole(story.world.backend, after);
        story.expect_completed(story.world.backend, after);
        if (HasFailure()) return;
    }
    EXPECT_GT(k, 20u);
    // What is read is read once more; all else is told to the caller.
    const bool reading = GetParam().operations == static_cast<uint32_t>(storage::Operation::load);
    EXPECT_GE(failed_runs, reading ? 0u : 20u);
}

constexpr auto loads = static_cast<uint32_t>(storage::Operation::load);

std::string name_of(const testing::TestParamInfo<Fault>& info) {
    constexpr std::array names{"temporary", "unreachable", "no_space",   "denied",
                               "missing",   "lost_answer", "short_read", "flipped_bit"};
    return names.at(static_cast<size_t>(info.param.kind));
}

const std::vector<Fault> faults{{.kind = Fault::Kind::temporary},
                                {.kind = Fault::Kind::no_space},
                                {.kind = Fault::Kind::denied},
                                {.kind = Fault::Kind::missing},
                                {.kind = Fault::Kind::lost_answer},
                                {.kind = Fault::Kind::short_read, .operations = loads},
                                {.kind = Fault::Kind::flipped_bit, .operations = loads}};

INSTANTIATE_TEST_SUITE_P(Kinds, PruneFailureAt, testing::ValuesIn(faults), name_of);

// From the k-th operation on the place is gone: what a pulled cable leaves.
TEST(PruneFailure, aPlaceThatGoesAndComesBackLosesNothing) {
    Story story;
    const auto start = story.world.backend.files();
    bool reached = true;
    for (uint64_t k = 1; reached; ++k) {
        story.world.backend.set_files(start);
        FaultyBackend faulty(story.world.backend);
        faulty.inject({.kind = Fault::Kind::unreachable, .first = k, .count = UINT64_MAX});
        reached = false;
        try {
            story.tidy(faulty);
        } catch (const storage::Unreachable&) {
            reached = true;
        }
        story.world.remove_locks();
        const std::string after = "operation " + std::to_string(k);
        story.expect_whole(story.world.backend, after);
        story.expect_completed(story.world.backend, after);
        if (testing::Test::HasFailure()) return;
    }
}

void write_files(storage::Backend& backend, const storage::MemoryBackend::Files& files) {
    for (const auto& [name, content] : files) backend.save(name, content, {});
}

class PruneKilledAt : public testing::TestWithParam<Fault::Kind> {};

// A real process, a real folder, kill -9 at each operation that changes something.
TEST_P(PruneKilledAt, anyOperationLosesNothingAndTheNextRunCompletes) {
    Story story;
    const auto start = story.world.backend.files();
    constexpr uint32_t changes = storage::Operation::save | storage::Operation::remove;
    uint64_t kills = 0;
    for (uint64_t k = 1;; ++k) {
        ASSERT_LT(k, 1000u);
        storage::TemporaryFolder folder;
        sys::SeededRandom random(k);
        storage::LocalBackend local(folder.path(), random);
        write_files(local, start);
        const pid_t child = fork();
        ASSERT_GE(child, 0);
        if (child == 0) {
            FaultyBackend faulty(local);
            faulty.inject({.kind = GetParam(), .operations = changes, .first = k});
            story.tidy(faulty);
            _exit(0);
        }
        int status = 0;
        ASSERT_EQ(waitpid(child, &status, 0), child);
        const std::string after = "kill " + std::to_string(k);
        story.expect_whole(local, after);
        if (WIFEXITED(status)) {
            EXPECT_EQ(WEXITSTATUS(status), 0) << after;
            break;
        }
        ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << after;
        ++kills;
        story.expect_completed(local, after);
        if (HasFailure()) return;
    }
    EXPECT_GT(kills, 20u);
}

INSTANTIATE_TEST_SUITE_P(BeforeAndAfter, PruneKilledAt,
                         testing::Values(Fault::Kind::killed_before, Fault::Kind::killed_after));

}  // namespace
}  // namespace lifeboat::repository
