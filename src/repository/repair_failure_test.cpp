// A repair that fails, or is killed, at any of its operations makes nothing worse: what could be
// read before can be read afterwards, and the next run completes.
#include "base/error.h"
#include "repository/repair_world.h"
#include "storage/faulty_backend.h"
#include "storage/local_backend.h"
#include "storage/temporary_folder.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace lifeboat::repository {
namespace {

using storage::Fault;
using storage::FaultyBackend;
using testing_world::RepairWorld;

struct Case {
    Fault::Kind kind = Fault::Kind::temporary;
    uint64_t count = 1;
    bool with_other = false;
};

class RepairFailure : public testing::TestWithParam<Case> {};

// Several kinds of damage at once: a pack with a lost blob, a pack without its header, an index
// that is gone, a snapshot that is damaged.
void harm(RepairWorld& world) {
    const auto data = world.packs(BlobType::data);
    world.change(data.front(), [](Bytes& bytes) { bytes[100] ^= std::byte{1}; });
    world.change(data.back(), [](Bytes& bytes) { bytes.back() ^= std::byte{1}; });
    world.flip(world.names("snapshots/").back());
    // Chance decides which index knows which packs: one without which something can be read still.
    for (const std::string& name : world.names("index/")) {
        const Bytes before = world.place.load(name, {}, {});
        world.flip(name);
        if (!world.readable().empty()) return;
        world.place.save(name, before, {});
    }
}

TEST_P(RepairFailure, anywhereMakesNothingWorse) {
    RepairWorld world;
    harm(world);
    const auto harmed = world.place.files();
    const auto readable = world.readable();
    ASSERT_FALSE(readable.empty());
    bool completed = false;
    for (uint64_t k = 1; !completed; ++k) {
        ASSERT_LT(k, 400u);
        world.place.set_files(harmed);
        FaultyBackend faulty(world.place);
        faulty.inject({.kind = GetParam().kind, .first = k, .count = GetParam().count});
        const std::vector<storage::Backend*> sources =
            GetParam().with_other ? std::vector<storage::Backend*>{&world.other}
                                  : std::vector<storage::Backend*>{};
        try {
            world.repair_from(faulty, sources);
            completed = faulty.count() < k;
        } catch (const Error&) {
            completed = false;
        }
        world.remove_locks();
        const auto after = world.readable();
        for (const auto& [path, content] : readable) {
            const auto found = after.find(path);
            ASSERT_TRUE(found != after.end() && found->second == content)
                << path << " was lost by failure " << k;
        }
        const RepairReport next = world.repair_from(world.place, sources);
        EXPECT_EQ(next.whole, GetParam().with_other) << "after failure " << k;
        if (GetParam().with_other) world.expect_sound("failure " + std::to_string(k));
        const auto last = world.readable();
        EXPECT_TRUE(std::includes(last.begin(), last.end(), readable.begin(), readable.end()))
            << "after failure " << k;
    }
}

INSTANTIATE_TEST_SUITE_P(Kinds, RepairFailure,
                         testing::Values(Case{Fault::Kind::temporary, 1, true},
                                         Case{Fault::Kind::temporary, 1, false},
                                         Case{Fault::Kind::no_space, 1, true},
                                         Case{Fault::Kind::lost_answer, 1, false},
                                         // As kill -9: from then on nothing happens any more.
                                         Case{Fault::Kind::unreachable, UINT64_MAX, true},
                                         Case{Fault::Kind::unreachable, UINT64_MAX, false}));

struct Killed {
    const char* name = "";
    Fault::Kind kind = Fault::Kind::killed_before;
    bool with_other = false;
    bool leave_out_lost = false;
};

class RepairKilledAt : public testing::TestWithParam<Killed> {};

void write_files(storage::Backend& backend, const storage::MemoryBackend::Files& files) {
    for (const auto& [name, content] : files) backend.save(name, content, {});
}

// The child repairs `local` and is killed at its k-th operation; returns how it ended.
int repair_in_child(RepairWorld& world, storage::Backend& local, uint64_t k) {
    const Killed& how = RepairKilledAt::GetParam();
    const pid_t child = fork();
    if (child == 0) {
        FaultyBackend faulty(local);
        // After one that only reads is before the next.
        constexpr uint32_t changes = storage::Operation::save | storage::Operation::remove;
        const bool before = how.kind == Fault::Kind::killed_before;
        faulty.inject({.kind = how.kind,
                       .operations = before ? storage::every_operation : changes,
                       .first = k});
        std::vector<storage::Backend*> sources;
        if (how.with_other) sources.push_back(&world.other);
        world.repair_from(faulty, sources, {.leave_out_lost = how.leave_out_lost});
        _exit(0);
    }
    int status = 0;
    EXPECT_EQ(waitpid(child, &status, 0), child);
    return status;
}

void expect_still_readable(const std::map<std::string, Bytes>& before, RepairWorld& world,
                           storage::Backend& local, const std::string& after) {
    const auto now = world.readable(local);
    for (const auto& [path, content] : before) {
        const auto found = now.find(path);
        ASSERT_TRUE(found != now.end() && found->second == content)
            << path << " was lost by " << after;
    }
}

// A real process, a real folder, kill -9 at each operation, reading ones too.
TEST_P(RepairKilledAt, anyOperationLosesNothingAndTheNextRunCompletes) {
    RepairWorld world;
    harm(world);
    const auto harmed = world.place.files();
    const auto readable = world.readable();
    ASSERT_FALSE(readable.empty());
    uint64_t kills = 0;
    for (uint64_t k = 1;; ++k) {
        ASSERT_LT(k, 400u);
        storage::TemporaryFolder folder;
        sys::SeededRandom random(k);
        storage::LocalBackend local(folder.path(), random);
        write_files(local, harmed);
        const int status = repair_in_child(world, local, k);
        const std::string after = "kill " + std::to_string(k);
        expect_still_readable(readable, world, local, after);
        if (WIFEXITED(status)) {
            EXPECT_EQ(WEXITSTATUS(status), 0) << after;
            break;
        }
        ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << after;
        ++kills;
        std::vector<storage::Backend*> sources;
        if (GetParam().with_other) sources.push_back(&world.other);
        const RepairReport next =
            world.repair_from(local, sources, {.leave_out_lost = GetParam().leave_out_lost});
        EXPECT_EQ(next.whole, GetParam().with_other || GetParam().leave_out_lost) << after;
        expect_still_readable(readable, world, local, after + " and the next run");
        if (GetParam().with_other) {
            world.expect_sound(local, after);
        } else if (GetParam().leave_out_lost) {
            // What is left is less, and all of it is whole.
            const auto report = world.open(local)->check({.read_data = true}, world.events, {});
            EXPECT_TRUE(report.clean()) << after;
        }
        if (HasFailure()) return;
    }
    EXPECT_GT(kills, GetParam().kind == Fault::Kind::killed_before ? 30u : 5u);
}

INSTANTIATE_TEST_SUITE_P(
    EachOperation, RepairKilledAt,
    testing::Values(Killed{"before_with_other", Fault::Kind::killed_before, true},
                    Killed{"before_alone", Fault::Kind::killed_before},
                    Killed{"before_leaving_out", Fault::Kind::killed_before, false, true},
                    Killed{"after_with_other", Fault::Kind::killed_after, true},
                    Killed{"after_alone", Fault::Kind::killed_after},
                    Killed{"after_leaving_out", Fault::Kind::killed_after, false, true}),
    [](const auto& instance) { return std::string(instance.param.name); });

}  // namespace
}  // namespace lifeboat::repository
