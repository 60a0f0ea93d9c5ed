// A repair that fails, or is killed, at any of its operations makes nothing worse: what could be
// read before can be read afterwards, and the next run completes.
#include "base/error.h"
#include "repository/repair_world.h"
#include "storage/faulty_backend.h"

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

}  // namespace
}  // namespace lifeboat::repository
