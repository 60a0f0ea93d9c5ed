// Damage of every kind in every kind of file: what other places or the rest of the place itself
// have comes back, what nobody has is named, and nothing is given up on the way.
#include "base/error.h"
#include "repository/hold.h"
#include "repository/repair_world.h"
#include "storage/faulty_backend.h"

#include <gmock/gmock.h>

namespace lifeboat::repository {
namespace {

using storage::Fault;
using storage::FaultyBackend;
using storage::MemoryBackend;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;
using testing_world::back_up;
using testing_world::Contents;
using testing_world::random_bytes;
using testing_world::read_back;
using testing_world::repair_contents;
using testing_world::RepairWorld;

bool is_aside(const std::string& name) {
    return name.starts_with("damaged/");
}

TEST(Repair, leavesAWholePlaceAsItIs) {
    RepairWorld world;
    const RepairReport report = world.repair_with_other();
    EXPECT_TRUE(report.whole);
    EXPECT_FALSE(report.changed());
    EXPECT_EQ(report.snapshots, 2u);
    EXPECT_EQ(report.packs, world.names("data/").size());
    EXPECT_EQ(world.place.files(), world.whole);
}

TEST(Repair, bringsBackEveryFileThatAnotherPlaceHas) {
    RepairWorld world;
    const std::vector<std::function<void(Bytes&)>> harms{
        [](Bytes& bytes) { bytes[bytes.size() / 2] ^= std::byte{1}; },
        [](Bytes& bytes) { bytes.back() ^= std::byte{1}; },
        [](Bytes& bytes) { bytes.resize(bytes.size() - 1); },
        [](Bytes& bytes) { bytes.resize(bytes.size() / 2); },
        [](Bytes& bytes) { bytes.clear(); },
        [](Bytes& bytes) { bytes.push_back(std::byte{0}); },
    };
    for (const auto& [name, content] : world.whole) {
        for (size_t i = 0; i < harms.size(); ++i) {
            world.place.set_files(world.whole);
            world.change(name, harms[i]);
            const RepairReport report = world.repair_with_other();
            EXPECT_TRUE(report.whole) << name << " harm " << i;
            ASSERT_THAT(report.mended, SizeIs(1)) << name << " harm " << i;
            EXPECT_EQ(report.mended[0].file, name);
            if (name.starts_with("index/")) {
                world.expect_sound(name);
            } else {
                EXPECT_EQ(report.mended[0].remedy, "fetched from other") << name;
                EXPECT_EQ(world.place.files(), world.whole) << name << " harm " << i;
            }
        }
    }
}

TEST(Repair, bringsBackPacksAndIndexesThatAreGone) {
    RepairWorld world;
    for (const auto& [name, content] : world.whole) {
        if (name.starts_with("snapshots/") || name.starts_with("keys/")) continue;
        world.place.set_files(world.whole);
        world.place.remove(name, {});
        const RepairReport report = world.repair_with_other();
        EXPECT_TRUE(report.whole) << name;
        world.expect_sound(name);
    }
}

TEST(Repair, takesAKeyFileBackThatThePasswordNeeds) {
    RepairWorld world;
    const std::string name = world.names("keys/").front();
    const KeyId id = *KeyId::parse(name.substr(5));
    world.place.remove(name, {});
    OpenRepository damaged(world.place, world.options, world.master, world.config, id);
    const auto source = world.open(world.other);
    const RepairReport report =
        repair(damaged, {.sources = {{"other", source.get()}}}, world.events, {});
    EXPECT_TRUE(report.whole);
    EXPECT_EQ(world.place.files(), world.whole);
}

TEST(Repair, writesTheIndexAnewFromThePacks) {
    RepairWorld world;
    for (const bool all : {false, true}) {
        for (const bool read_data : {false, true}) {
            world.place.set_files(world.whole);
            for (const std::string& name : world.names("index/")) {
                world.place.remove(name, {});
                if (!all) break;
            }
            const RepairReport report = world.repair_alone({.read_data = read_data});
            EXPECT_TRUE(report.whole);
            EXPECT_GT(report.packs_taken_in, 0u);
            EXPECT_EQ(report.packs_damaged, 0u);
            world.expect_sound("index files removed");
        }
    }
}

// Whatever an index says: the packs are the truth, and none of them is touched.
TEST(Repair, anIndexThatLiesCostsNothing) {
    RepairWorld world;
    std::vector<IndexedPack> truth;
    for (const std::string& name : world.names("index/")) {
        const auto id = IndexId::parse(name.substr(6));
        decode_index(world.open(world.place)->store().load_document("index/", {id->value}, {}),
                     [&](IndexedPack&& pack) { truth.push_back(std::move(pack)); });
    }
    ASSERT_GE(truth.size(), 4u);
    using Lie = std::function<void(std::vector<IndexedPack>&)>;
    const std::vector<Lie> lies{
        [](auto& packs) { packs[0].blobs[0].offset += 1; },
        [](auto& packs) { packs[0].blobs[0].length += 7; },
        [](auto& packs) { packs[0].blobs[0].length = UINT32_MAX - 1; },
        [](auto& packs) { packs[0].blobs[0].raw_length = UINT32_MAX; },
        [](auto& packs) { packs[0].blobs[0].id.value[3] ^= std::byte{1}; },
        [](auto& packs) { packs[0].blobs.clear(); },
        [](auto& packs) { packs[0].blobs.pop_back(); },
        [](auto& packs) { std::swap(packs[0].blobs, packs[1].blobs); },
        [](auto& packs) { packs[0].id.value[9] ^= std::byte{1}; },
        [](auto& packs) { packs[0].blobs.push_back(packs[1].blobs[0]); },
        [](auto& packs) { packs.push_back(packs[0]), packs.back().blobs.clear(); },
        [](auto& packs) {
            for (auto& blob : packs[0].blobs) {
                blob.type = blob.type == BlobType::data ? BlobType::tree : BlobType::data;
            }
        },
    };
    for (size_t i = 0; i < lies.size(); ++i) {
        for (const bool beside_the_truth : {false, true}) {
            world.place.set_files(world.whole);
            auto packs = truth;
            lies[i](packs);
            if (!beside_the_truth) {
                for (const std::string& name : world.names("index/")) world.place.remove(name, {});
            }
            world.open(world.place)->store().save_document("index/", encode_index(packs), {});
            const RepairReport report = world.repair_alone();
            EXPECT_TRUE(report.whole) << "lie " << i;
            for (const auto& [name, content] : world.whole) {
                if (name.starts_with("data/")) {
                    EXPECT_EQ(world.place.load(name, {}, {}), content) << "lie " << i;
                }
            }
            world.expect_sound("lie " + std::to_string(i));
        }
    }
}

// A broken header is no reason to believe an index that leaves blobs out.
TEST(Repair, aLyingIndexBesideABrokenHeaderGivesNothingUp) {
    RepairWorld world(1);
    const std::string pack = world.packs(BlobType::data).front();
    std::vector<IndexedPack> packs;
    const auto id = IndexId::parse(world.names("index/").front().substr(6));
    decode_index(world.open(world.place)->store().load_document("index/", {id->value}, {}),
                 [&](IndexedPack&& one) { packs.push_back(std::move(one)); });
    for (IndexedPack& one : packs) {
        if (pack_name(one.id) == pack) one.blobs.resize(1);
    }
    world.place.remove(world.names("index/").front(), {});
    world.open(world.place)->store().save_document("index/", encode_index(packs), {});
    world.change(pack, [](Bytes& bytes) { bytes.back() ^= std::byte{0x40}; });
    const Bytes harmed = world.place.load(pack, {}, {});
    const RepairReport report = world.repair_alone();
    EXPECT_FALSE(report.whole);
    EXPECT_EQ(world.place.load("damaged/" + pack, {}, {}), harmed);
    EXPECT_EQ(report.blobs_saved, 1u);
}

TEST(Repair, savesWhatIsReadableAndNamesWhatIsNot) {
    RepairWorld world;
    const std::string pack = world.packs(BlobType::data).front();
    world.change(pack, [](Bytes& bytes) { bytes[100] ^= std::byte{1}; });
    const CheckReport before =
        world.open(world.place)->check({.read_data = true}, world.events, {});
    ASSERT_FALSE(before.affected.empty());
    const auto readable = world.readable();
    const RepairReport report = world.repair_alone();
    EXPECT_FALSE(report.whole);
    ASSERT_THAT(report.remaining, SizeIs(1));
    EXPECT_EQ(report.remaining[0].file, pack);
    EXPECT_EQ(report.blobs_lost, 1u);
    EXPECT_GT(report.blobs_saved, 0u);
    // The same files that a check names.
    std::set<std::string> said;
    std::set<std::string> named;
    for (const auto& file : before.affected) said.insert(file.snapshot.hex() + file.path.text());
    for (const auto& file : report.affected) named.insert(file.snapshot.hex() + file.path.text());
    EXPECT_EQ(named, said);
    EXPECT_EQ(world.readable(), readable);
    EXPECT_THAT(world.names("damaged/"), Contains("damaged/" + pack));
    EXPECT_THAT(world.names("data/"), Not(Contains(pack)));
    // Once more: the same is lost, and nothing is left to do.
    const auto files = world.place.files();
    const RepairReport again = world.repair_alone();
    EXPECT_FALSE(again.whole);
    EXPECT_EQ(again.blobs_lost, 1u);
    EXPECT_EQ(world.place.files(), files);
    // A later repair with another place brings the piece back.
    const RepairReport late = world.repair_with_other();
    EXPECT_TRUE(late.whole);
    EXPECT_EQ(late.blobs_fetched, 1u);
    world.expect_sound("a late source");
}

TEST(Repair, aNewBackupBringsLostPiecesBack) {
    RepairWorld world;
    world.flip(world.packs(BlobType::data).front());
    EXPECT_FALSE(world.repair_alone().whole);
    const auto newest = world.open(world.place)->snapshots({}).back();
    for (uint64_t i = 0; i < 2; ++i) {
        const auto repository = world.open(world.place);
        back_up(*repository, repair_contents(i), &newest, world.clock.now());
    }
    EXPECT_TRUE(world.open(world.place)->check({.read_data = true}, world.events, {}).clean());
    EXPECT_TRUE(world.repair_alone().whole);
}

TEST(Repair, brokenHeadersAndHolesLoseAlmostNothing) {
    RepairWorld world;
    const std::string pack = world.packs(BlobType::data).front();
    world.change(pack, [](Bytes& bytes) { bytes[bytes.size() - 30] ^= std::byte{1}; });
    const RepairReport header = world.repair_alone();
    EXPECT_TRUE(header.whole);
    EXPECT_EQ(header.blobs_lost, 0u);
    EXPECT_TRUE(world.names("damaged/").empty());
    world.expect_sound("a broken header");

    world.place.set_files(world.whole);
    world.change(pack, [](Bytes& bytes) { bytes.erase(bytes.begin() + 50, bytes.begin() + 60); });
    const RepairReport hole = world.repair_alone();
    EXPECT_EQ(hole.blobs_lost, 1u);
    EXPECT_GT(hole.blobs_saved, 0u);

    world.place.set_files(world.whole);
    world.change(pack, [](Bytes& bytes) { bytes.insert(bytes.begin() + 9, 5, std::byte{7}); });
    EXPECT_EQ(world.repair_alone().blobs_lost, 1u);
}

TEST(Repair, aPackThatNobodyKnowsStaysWhereItIs) {
    RepairWorld world(1);
    const std::string pack = world.packs(BlobType::data).front();
    for (const std::string& name : world.names("index/")) world.place.remove(name, {});
    world.change(pack, [](Bytes& bytes) { bytes.back() ^= std::byte{0x40}; });
    const Bytes harmed = world.place.load(pack, {}, {});
    const RepairReport report = world.repair_alone();
    EXPECT_FALSE(report.whole);
    EXPECT_EQ(world.place.load(pack, {}, {}), harmed);
    ASSERT_FALSE(report.hints.empty());
    EXPECT_THAT(report.hints[0], HasSubstr("left where it is"));
    EXPECT_TRUE(world.repair_with_other().whole);
    world.expect_sound("with another place");
}

TEST(Repair, aLostFolderIsNamedAndFetched) {
    RepairWorld world(1);
    for (const std::string& pack : world.packs(BlobType::tree)) world.flip(pack);
    const RepairReport alone = world.repair_alone({.dry_run = true});
    EXPECT_FALSE(alone.whole);
    ASSERT_FALSE(alone.affected.empty());
    EXPECT_THAT(alone.affected[0].problem, HasSubstr("the whole folder"));
    EXPECT_TRUE(world.repair_with_other({.read_data = false}).whole);
    EXPECT_EQ(world.place.files(), world.whole);
}

// The other repository has another key and other packs, and the same bytes in it.
TEST(Repair, anotherRepositoryWithTheSameFilesHelps) {
    RepairWorld world(1);
    RepairWorld stranger;
    stranger.master = make_master_key(world.random);
    stranger.config.id = std::string(64, 'b');
    stranger.place.set_files({});
    const auto source = stranger.open(stranger.place);
    back_up(*source, repair_contents(0), nullptr, world.clock.now());
    for (const std::string& pack : world.names("data/")) world.flip(pack);
    world.place.remove(world.names("data/").front(), {});
    const RepairReport report = repair(*world.open(world.place),
                                       {.sources = {{"stranger", source.get()}}}, world.events, {});
    EXPECT_TRUE(report.whole);
    EXPECT_GT(report.blobs_fetched, 0u);
    world.expect_sound("from another repository");
}

TEST(Repair, aDryRunSaysTheSameAndChangesNothing) {
    RepairWorld world;
    world.flip(world.packs(BlobType::data).front());
    world.flip(world.packs(BlobType::tree).back());
    world.flip(world.names("index/").front());
    world.flip(world.names("snapshots/").front());
    const auto harmed = world.place.files();
    for (const bool with_other : {false, true}) {
        for (const bool leave_out : {false, true}) {
            world.place.set_files(harmed);
            const std::vector<storage::Backend*> sources =
                with_other ? std::vector<storage::Backend*>{&world.other}
                           : std::vector<storage::Backend*>{};
            RepairOptions how{.dry_run = true, .leave_out_lost = leave_out};
            const RepairReport planned = world.repair_from(world.place, sources, how);
            EXPECT_EQ(world.place.files(), harmed);
            how.dry_run = false;
            const RepairReport done = world.repair_from(world.place, sources, how);
            EXPECT_EQ(planned.whole, done.whole);
            EXPECT_EQ(planned.mended.size(), done.mended.size());
            EXPECT_EQ(planned.remaining.size(), done.remaining.size());
            EXPECT_EQ(planned.affected.size(), done.affected.size());
            EXPECT_EQ(planned.rewritten.size(), done.rewritten.size());
            EXPECT_EQ(planned.set_aside, done.set_aside);
        }
    }
}

TEST(Repair, leavesLostFilesOutOnlyWhenTold) {
    RepairWorld world;
    // Every pack, since names are random: the backup that is left then loses something for certain.
    for (const std::string& pack : world.packs(BlobType::data)) {
        world.change(pack, [](Bytes& bytes) { bytes[100] ^= std::byte{1}; });
    }
    world.flip(world.names("snapshots/").front());
    const auto left = world.open(world.place)->snapshots({}).front();
    const RepairReport report = world.repair_alone(
        {.leave_out_lost = true, .tags_added = {"repaired"}, .tags_removed = {"complete"}});
    EXPECT_TRUE(report.whole);
    EXPECT_FALSE(report.affected.empty() && report.rewritten.empty());
    EXPECT_TRUE(world.open(world.place)->check({.read_data = true}, world.events, {}).clean());
    for (const auto& one : report.rewritten) {
        EXPECT_EQ(one.before, left.id);
        ASSERT_TRUE(one.after);
        const auto repository = world.open(world.place);
        const auto snapshot = repository->snapshots({}).front();
        EXPECT_EQ(snapshot.id, *one.after);
        EXPECT_EQ(snapshot.time, left.time);
        EXPECT_THAT(snapshot.tags, Contains("repaired"));
        Contents kept = world.expected[left.id];
        for (const auto& file : report.affected) kept.erase(file.path.text());
        EXPECT_EQ(read_back(*repository->read(snapshot, {})), kept);
    }
    for (const std::string& aside : report.set_aside) EXPECT_TRUE(is_aside(aside));
}

TEST(Repair, whatGoesWrongOnceIsNoDamage) {
    RepairWorld world;
    FaultyBackend faulty(world.place);
    for (const auto kind : {Fault::Kind::temporary, Fault::Kind::missing, Fault::Kind::short_read,
                            Fault::Kind::flipped_bit}) {
        for (const std::string& name : {world.names("data/").front(), world.names("index/").front(),
                                        world.names("snapshots/").front(), std::string("config")}) {
            faulty.heal();
            faulty.inject({.kind = kind,
                           .operations = static_cast<uint32_t>(storage::Operation::load),
                           .prefix = name});
            const RepairReport report = world.repair_from(faulty, {});
            EXPECT_TRUE(report.whole) << name << static_cast<int>(kind);
            EXPECT_EQ(world.place.files(), world.whole) << name << static_cast<int>(kind);
        }
    }
}

TEST(Repair, aFileThatStaysUnreadableIsReplacedAndAPlaceThatIsGoneIsNot) {
    RepairWorld world;
    FaultyBackend faulty(world.place);
    const std::string pack = world.packs(BlobType::data).front();
    faulty.inject({.operations = static_cast<uint32_t>(storage::Operation::load),
                   .prefix = pack,
                   .count = UINT64_MAX});
    const RepairReport alone = world.repair_from(faulty, {}, {.dry_run = true});
    EXPECT_FALSE(alone.whole);
    const RepairReport report = world.repair_from(faulty, {&world.other});
    EXPECT_TRUE(report.whole);
    ASSERT_THAT(report.mended, SizeIs(1));
    EXPECT_EQ(report.mended[0].problem, "the disk cannot read all of it");

    faulty.heal();
    faulty.inject({.kind = Fault::Kind::unreachable, .first = 12, .count = UINT64_MAX});
    EXPECT_THROW(world.repair_from(faulty, {&world.other}), storage::Unreachable);
    world.remove_locks();
    EXPECT_EQ(world.place.files(), world.whole);

    faulty.heal();
    faulty.inject({.kind = Fault::Kind::denied,
                   .operations = static_cast<uint32_t>(storage::Operation::load),
                   .prefix = "data/",
                   .count = UINT64_MAX});
    EXPECT_THROW(world.repair_from(faulty, {&world.other}), Denied);
}

TEST(Repair, goesOnWithoutASourceThatVanishes) {
    RepairWorld world;
    for (const std::string& pack : world.packs(BlobType::data)) world.flip(pack);
    FaultyBackend faulty(world.other);
    faulty.inject({.kind = Fault::Kind::unreachable, .first = 4, .count = UINT64_MAX});
    MemoryBackend third;
    third.set_files(world.whole);
    EXPECT_FALSE(world.repair_from(world.place, {&faulty}, {.dry_run = true}).whole);
    EXPECT_TRUE(world.repair_from(world.place, {&faulty, &third}).whole);
    world.expect_sound("a source vanished");
}

TEST(Repair, stopsWhenToldAndGoesOnLater) {
    RepairWorld world;
    world.flip(world.packs(BlobType::data).front());
    std::stop_source stop;
    stop.request_stop();
    const auto repository = world.open(world.place);
    EXPECT_THROW(repair(*repository, {}, world.events, stop.get_token()), Cancelled);
    world.remove_locks();
    EXPECT_TRUE(world.repair_with_other().whole);
}

TEST(Repair, aHeldBackupComesBackOutOfItsHold) {
    RepairWorld world;
    const auto held = world.open(world.place)->snapshots({}).front();
    hold_snapshot(*world.open(world.place), held.id, "precious", {});
    const Bytes before = world.place.load("snapshots/" + held.id.hex(), {}, {});
    world.flip("snapshots/" + held.id.hex());
    const RepairReport report = world.repair_alone();
    EXPECT_TRUE(report.whole);
    ASSERT_THAT(report.mended, SizeIs(1));
    EXPECT_EQ(report.mended[0].remedy, "fetched from its hold");
    EXPECT_EQ(world.place.load("snapshots/" + held.id.hex(), {}, {}), before);
}

TEST(Repair, aDamagedHoldIsFetchedFromAnotherPlace) {
    RepairWorld world;
    const auto held = world.open(world.place)->snapshots({}).front();
    hold_snapshot(*world.open(world.place), held.id, "precious", {});
    hold_snapshot(*world.open(world.other), held.id, "precious", {});
    const std::string name = "holds/" + held.id.hex();
    for (const bool cut : {false, true}) {
        world.change(name, [&](Bytes& bytes) {
            if (cut) bytes.resize(bytes.size() / 2);
            bytes[bytes.size() / 2] ^= std::byte{8};
        });
        RepairReport report = world.repair_with_other({.dry_run = true});
        EXPECT_THAT(report.mended, SizeIs(1));
        EXPECT_NE(world.place.load(name, {}, {}), world.other.load(name, {}, {}));
        report = world.repair_with_other();
        EXPECT_TRUE(report.whole);
        ASSERT_THAT(report.mended, SizeIs(1));
        EXPECT_EQ(report.mended[0].file, name);
        EXPECT_EQ(report.mended[0].remedy, "fetched from other");
        EXPECT_EQ(world.place.load(name, {}, {}), world.other.load(name, {}, {}));
    }
    // The hold is what brings the backup's own file back, so it is mended first.
    world.flip(name);
    world.flip("snapshots/" + held.id.hex());
    world.other.remove("snapshots/" + held.id.hex(), {});
    const RepairReport both = world.repair_with_other();
    EXPECT_TRUE(both.whole);
    EXPECT_THAT(both.mended, SizeIs(2));
    world.expect_sound("both mended");
}

TEST(Repair, aHoldThatNobodyHasWholeStillHolds) {
    RepairWorld world;
    const auto held = world.open(world.place)->snapshots({}).front();
    hold_snapshot(*world.open(world.place), held.id, "precious", {});
    const std::string name = "holds/" + held.id.hex();
    world.flip(name);
    world.other.save(name, to_bytes("damaged there too"), {});
    for (const bool leave_out_lost : {false, true}) {
        const RepairReport report = world.repair_with_other({.leave_out_lost = leave_out_lost});
        EXPECT_FALSE(report.whole);
        ASSERT_THAT(report.remaining, SizeIs(1));
        EXPECT_EQ(report.remaining[0].file, name);
        EXPECT_THAT(report.remaining[0].problem, HasSubstr("counts as held"));
        EXPECT_TRUE(world.place.size(name, {}));
    }
    const auto repository = world.open(world.place);
    EXPECT_THROW(repository->forget({held.id}, {}), Denied);
    // Another program removes it: then nobody knows what it needs, and nothing is deleted.
    world.place.remove("snapshots/" + held.id.hex(), {});
    EXPECT_THROW(world.open(world.place)->prune({}, world.events, {}), Corrupt);
    EXPECT_FALSE(world.repair_alone().whole);
    // Held anew, it can be let go.
    world.place.save("snapshots/" + held.id.hex(),
                     world.other.load("snapshots/" + held.id.hex(), {}, {}), {});
    hold_snapshot(*world.open(world.place), held.id, "again", {});
    EXPECT_TRUE(world.repair_alone().whole);
}

TEST(Repair, opensWithTheKeyOfAnotherPlaceOnlyWhatIsOne) {
    RepairWorld world;
    const auto like = world.open(world.other);
    MemoryBackend empty;
    EXPECT_THROW(open_for_repair(empty, *like, world.options, {}), Misuse);
    RepairWorld stranger;
    stranger.master = make_master_key(world.random);
    stranger.place.set_files({});
    back_up(*stranger.open(stranger.place), repair_contents(0), nullptr, world.clock.now());
    EXPECT_THROW(open_for_repair(stranger.place, *like, world.options, {}), Misuse);

    world.place.remove("config", {});
    for (const std::string& name : world.names("keys/")) world.flip(name);
    const auto opened = open_for_repair(world.place, *like, world.options, {});
    const RepairReport report =
        repair(*opened, {.sources = {{"other", like.get()}}}, world.events, {});
    EXPECT_TRUE(report.whole);
    EXPECT_EQ(world.place.files(), world.whole);
}

}  // namespace
}  // namespace lifeboat::repository
