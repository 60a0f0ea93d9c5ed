#include "app/tidy.h"

#include "base/error.h"
#include "repository/test_world.h"
#include "storage/faulty_backend.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace lifeboat::app {
namespace {

using repository::OpenRepository;
using repository::Snapshot;
using repository::SnapshotId;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Two places of one repository that do not always hold the same backups.
struct TidyTest : testing::Test {
    repository::testing_world::World world{};
    storage::MemoryBackend ssd{};
    storage::MemoryBackend nas{};
    storage::FaultyBackend faulty_nas{nas};
    std::unique_ptr<OpenRepository> on_ssd = world.open(ssd);
    std::unique_ptr<OpenRepository> on_nas = world.open(faulty_nas);
    OpenedPlaces places{.places = {{.name = "ssd", .repository = on_ssd.get()},
                                   {.name = "nas", .repository = on_nas.get()}}};

    SnapshotId add(int day, bool in_ssd, bool in_nas,
                   std::vector<std::string> tags = {"lifeboat", "phone:ada"}) {
        const Snapshot snapshot{
            .time = from_rfc3339(fmt::format("2026-03-{:02}T10:00:00Z", day)).value(),
            .tree = {{std::byte{1}}},
            .paths = {"/sdcard"},
            .hostname = "Ada's phone",
            .tags = std::move(tags)};
        repository::Codec codec(world.master, 3);
        const Bytes file =
            repository::seal_document(codec, world.random, repository::encode_snapshot(snapshot));
        const SnapshotId id{crypto::sha256(file)};
        if (in_ssd) ssd.save("snapshots/" + id.hex(), file, {});
        if (in_nas) nas.save("snapshots/" + id.hex(), file, {});
        return id;
    }
    std::vector<SnapshotId> going(const ForgetWish& wish) {
        std::vector<SnapshotId> ids;
        for (const ForgetRow& row : plan_forget(places, wish, {})) {
            if (row.goes()) ids.push_back(row.snapshot.id);
        }
        return ids;
    }
    static bool holds(const storage::MemoryBackend& place, const SnapshotId& id) {
        return place.size("snapshots/" + id.hex(), {}).has_value();
    }
};

TEST_F(TidyTest, aBackupGoesFromAllPlacesTogether) {
    const auto old = add(1, true, true);
    const auto middle = add(2, false, true);
    const auto newest = add(3, true, true);
    const auto rows = plan_forget(places, {.policy = {.last = 1}}, {});
    ASSERT_EQ(rows.size(), 3u);
    EXPECT_THAT(rows[0].goes_from, ElementsAre("ssd", "nas"));
    EXPECT_THAT(rows[1].goes_from, ElementsAre("nas"));
    EXPECT_THAT(rows[2].reasons, ElementsAre("last"));
    const auto done = forget(places, rows, {});
    EXPECT_EQ(done.size(), 2u);
    for (const PlaceDone& place : done) EXPECT_EQ(place.problem, "");
    EXPECT_FALSE(holds(ssd, old) || holds(nas, old) || holds(nas, middle));
    EXPECT_TRUE(holds(ssd, newest) && holds(nas, newest));
}

TEST_F(TidyTest, aPlaceThatLacksTheNewestKeepsTheNewestItHas) {
    add(1, true, true);
    const auto middle = add(2, true, true);
    add(3, true, false);
    const auto rows = plan_forget(places, {.policy = {.last = 1}}, {});
    ASSERT_EQ(rows.size(), 3u);
    EXPECT_THAT(rows[0].goes_from, ElementsAre("ssd", "nas"));
    EXPECT_THAT(rows[1].goes_from, ElementsAre("ssd"));
    EXPECT_THAT(rows[1].stays_in, ElementsAre("nas"));
    forget(places, rows, {});
    EXPECT_FALSE(holds(ssd, middle));
    EXPECT_TRUE(holds(nas, middle));
}

TEST_F(TidyTest, anInterruptedRunInAPlaceIsNotTheNewestThere) {
    const auto old = add(1, false, true);
    add(2, false, true, {"lifeboat", "phone:ada", "interrupted"});
    add(3, true, false);
    const auto rows = plan_forget(places, {.policy = {.last = 1}}, {});
    EXPECT_THAT(rows[0].stays_in, ElementsAre("nas"));
    EXPECT_EQ(rows[0].snapshot.id, old);
    EXPECT_THAT(rows[1].goes_from, ElementsAre("nas"));
}

TEST_F(TidyTest, onlyThePhoneThatIsMeantIsJudged) {
    const auto ada = add(1, true, true);
    add(2, true, true);
    const auto bob = add(1, true, true, {"lifeboat", "phone:bob"});
    add(2, true, true, {"lifeboat", "phone:bob"});
    EXPECT_THAT(going({.policy = {.last = 1}, .phone = "bob"}), ElementsAre(bob));
    EXPECT_THAT(going({.policy = {.last = 1}, .phone = "Ada's phone"}).size(), 2u);
    EXPECT_THAT(going({.policy = {.last = 1}, .phone = "nobody"}), IsEmpty());
    EXPECT_THAT(going({.policy = {.last = 1}, .phone = "ada"}), ElementsAre(ada));
}

TEST_F(TidyTest, whatIsNamedGoesThoughItIsTheNewest) {
    const auto newest = add(3, true, true);
    const ForgetWish wish{.named = {newest.hex().substr(0, 8)}};
    EXPECT_THAT(going(wish), ElementsAre(newest));
    EXPECT_THROW(going({.named = {"00000000"}}), Missing);
    EXPECT_THROW(going({.named = {"x"}}), Misuse);
}

TEST_F(TidyTest, namesAndRulesAreNotMixedAndOneIsNeeded) {
    const auto id = add(1, true, true).hex();
    EXPECT_THROW(going({}), Misuse);
    EXPECT_THROW(going({.named = {id}, .policy = {.last = 1}}), Misuse);
}

TEST_F(TidyTest, aHoldInOnePlaceProtectsInAll) {
    const auto old = add(1, true, true);
    add(2, true, true);
    repository::hold_snapshot(*on_nas, old, "mine", {});
    EXPECT_THAT(going({.policy = {.last = 1}}), IsEmpty());
    EXPECT_THROW(going({.named = {old.hex()}}), Denied);
}

TEST_F(TidyTest, holdsAreSetAndReleasedWhereTheBackupIs) {
    const auto both = add(1, true, true);
    const auto one = add(2, true, false);
    EXPECT_EQ(hold(places, both, "a", {}).size(), 2u);
    EXPECT_EQ(hold(places, one, "b", {}).size(), 1u);
    auto rows = held_rows(places, {});
    ASSERT_EQ(rows.size(), 2u);
    const HeldRow row = find_held(places, both.hex().substr(0, 6), {});
    EXPECT_THAT(row.places, ElementsAre("ssd", "nas"));
    EXPECT_THAT(row.lost_in, IsEmpty());
    EXPECT_EQ(row.hold.note, "a");
    ssd.remove("snapshots/" + both.hex(), {});
    EXPECT_THAT(find_held(places, both.hex(), {}).lost_in, ElementsAre("ssd"));
    EXPECT_EQ(bring_back(places, find_held(places, both.hex(), {}), {}).size(), 1u);
    EXPECT_TRUE(holds(ssd, both));
    release(places, find_held(places, both.hex(), {}), {});
    EXPECT_THROW(find_held(places, both.hex(), {}), Missing);
    EXPECT_THROW(find_held(places, "ab", {}), Missing);
}

TEST_F(TidyTest, whatGoesWrongInOnePlaceDoesNotEndTheRest) {
    const auto old = add(1, true, true);
    add(2, true, true);
    const auto rows = plan_forget(places, {.policy = {.last = 1}}, {});
    faulty_nas.inject({.kind = storage::Fault::Kind::unreachable, .count = UINT64_MAX});
    std::swap(places.places[0], places.places[1]);
    const auto done = forget(places, rows, {});
    ASSERT_EQ(done.size(), 2u);
    EXPECT_EQ(done[0].exit, Exit::unreachable);
    EXPECT_THAT(done[0].problem, HasSubstr("a fault that a test asked for"));
    EXPECT_EQ(done[1].exit, Exit::done);
    EXPECT_FALSE(holds(ssd, old));
    EXPECT_TRUE(holds(nas, old));
}

TEST_F(TidyTest, aPlaceThatIsInUseIsNamedAsLocked) {
    const auto old = add(1, true, true);
    add(2, true, true);
    const auto rows = plan_forget(places, {.policy = {.last = 1}}, {});
    const auto user = on_nas->hold({});
    const auto done = forget(places, rows, {});
    EXPECT_EQ(done[1].exit, Exit::locked);
    EXPECT_THAT(done[1].problem, HasSubstr("me on here"));
    EXPECT_TRUE(holds(nas, old));
}

TEST_F(TidyTest, aPlaceThatDidNotOpenIsSaid) {
    places.places[1] = {.name = "nas", .problem = "the disk is away"};
    places.problems["nas"] = FailureKind::unreachable;
    add(1, true, false);
    add(2, true, false);
    const auto done = forget(places, plan_forget(places, {.policy = {.last = 1}}, {}), {});
    ASSERT_EQ(done.size(), 2u);
    EXPECT_EQ(done[1].problem, "the disk is away");
    EXPECT_EQ(done[1].exit, Exit::unreachable);
}

TEST(TidyWords, sizesAndParts) {
    EXPECT_EQ(parse_size("0"), 0u);
    EXPECT_EQ(parse_size("500MB"), 500'000'000u);
    EXPECT_EQ(parse_size("2G"), 2'000'000'000u);
    EXPECT_EQ(parse_size("7kB"), 7'000u);
    EXPECT_EQ(parse_size("12B"), 12u);
    for (const char* bad : {"", "MB", "5X", "-5", "5.5MB", "99999999999TB", "5 MB", "BB"}) {
        EXPECT_THROW(parse_size(bad), Misuse) << bad;
    }
    EXPECT_EQ(parse_unused_limit("5%").percent, 5);
    EXPECT_EQ(parse_unused_limit("0").bytes, 0u);
    EXPECT_EQ(parse_unused_limit("unlimited").bytes, UINT64_MAX);
    EXPECT_EQ(parse_unused_limit("200MB").bytes, 200'000'000u);
    for (const char* bad : {"", "%", "101%", "x%", "none"}) {
        EXPECT_THROW(parse_unused_limit(bad), Misuse) << bad;
    }
}

}  // namespace
}  // namespace lifeboat::app
