#include "repository/prune.h"

#include "base/error.h"
#include "repository/hold.h"
#include "repository/lock.h"
#include "repository/parity.h"
#include "repository/prune_world.h"
#include "storage/local_backend.h"
#include "storage/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>

namespace lifeboat::repository {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing_world::nothing_unused;
using testing_world::PruneWorld;
using testing_world::random_bytes;
using testing_world::read_back;

struct PruneTest : testing::Test {
    PruneWorld world{};

    // `work` throws `Failure` and leaves every file as it was.
    template <class Failure, class Work>
    std::string expect_refused(Work&& work) {
        const auto before = world.backend.files();
        std::string text;
        try {
            work();
            ADD_FAILURE() << "it was not refused";
        } catch (const Failure& refusal) {
            text = refusal.full_text() + " / " + refusal.guidance();
        }
        EXPECT_EQ(world.backend.files(), before);
        return text;
    }
    void flip_bit(const std::string& name, size_t at) {
        Bytes content = world.backend.load(name, {}, {});
        content[at] ^= std::byte{1};
        world.backend.save(name, content, {});
    }
};

TEST_F(PruneTest, removesWhatOnlyForgottenBackupsNeeded) {
    const auto ids = world.add_several(5);
    world.forget(ids[0]);
    world.forget(ids[2]);
    const uint64_t before = world.bytes_in("data/");
    const PruneReport report = world.prune(nothing_unused);
    EXPECT_GE(report.packs_rewritten, 3u);
    EXPECT_GE(report.packs_removed, 1u);
    EXPECT_EQ(report.bytes_unused_left, 0u);
    EXPECT_GE(report.bytes_freed, 120'000u);
    EXPECT_LT(world.bytes_in("data/"), before - 120'000);
    world.expect_sound("prune");
    // Nothing is left to do.
    const auto files = world.backend.files();
    const PruneReport again = world.prune(nothing_unused);
    EXPECT_EQ(again.bytes_freed, 0u);
    EXPECT_EQ(again.packs_rewritten + again.packs_removed + again.packs_unindexed, 0u);
    EXPECT_EQ(world.backend.files(), files);
}

// Each pack and each index file has its parity afterwards, and none is left of those that went.
TEST_F(PruneTest, parityGoesAndComesWithItsPack) {
    world.options.parity = {20};
    const auto ids = world.add_several(4);
    world.forget(ids[1]);
    const PruneReport report = world.prune(nothing_unused);
    EXPECT_GE(report.packs_rewritten, 1u);
    EXPECT_GE(report.parity_files_removed, report.packs_rewritten);
    for (const char* folder : {"data/", "index/", "snapshots/"}) {
        for (const std::string& name : world.names(folder)) {
            EXPECT_EQ(rebuild_from_parity(world.backend, name, {}),
                      world.backend.load(name, {}, {}))
                << name;
        }
    }
    for (const std::string& name : world.names("parity/")) {
        EXPECT_TRUE(world.backend.size(file_of_parity(name), {})) << name;
    }
    // What prune wrote is mended by it, too.
    const std::string pack = world.names("data/").front();
    flip_bit(pack, 100);
    EXPECT_FALSE(world.open(world.backend)->check({.read_data = true}, world.events, {}).clean());
    EXPECT_EQ(
        read_back(
            *world.open(world.backend)->read(world.open(world.backend)->snapshots({}).front(), {})),
        world.expected[ids[0]]);
}

TEST_F(PruneTest, ofARepositoryThatNeedsNothingChangesNothing) {
    world.add_several(3);
    const auto files = world.backend.files();
    const PruneReport report = world.prune(nothing_unused);
    EXPECT_EQ(report.packs_before, world.names("data/").size());
    EXPECT_EQ(report.bytes_before, world.bytes_in("data/"));
    EXPECT_EQ(world.backend.files(), files);
}

TEST_F(PruneTest, whenAllIsForgottenNothingIsLeft) {
    for (const auto& id : world.add_several(3)) world.forget(id);
    const PruneReport report = world.prune({});
    EXPECT_EQ(report.packs_removed, report.packs_before);
    EXPECT_THAT(world.names("data/"), IsEmpty());
    EXPECT_THAT(world.names("index/"), IsEmpty());
    world.expect_sound("prune");
    world.add(7);
    world.expect_sound("a backup after it");
}

TEST_F(PruneTest, aDryRunTellsWhatARealOneDoes) {
    const auto ids = world.add_several(4);
    world.forget(ids[0]);
    world.forget(ids[2]);
    world.backend.save(pack_name({.value = {std::byte{9}}}), random_bytes(1, 5000), {});
    const auto files = world.backend.files();
    PruneOptions options = nothing_unused;
    options.dry_run = true;
    const PruneReport told = world.prune(options);
    EXPECT_EQ(world.backend.files(), files);
    EXPECT_TRUE(told.dry_run);
    const uint64_t before = world.bytes_in("data/");
    const PruneReport done = world.prune(nothing_unused);
    EXPECT_EQ(told.bytes_freed, done.bytes_freed);
    EXPECT_EQ(told.bytes_rewritten, done.bytes_rewritten);
    EXPECT_EQ(told.packs_removed, done.packs_removed);
    EXPECT_EQ(told.packs_rewritten, done.packs_rewritten);
    EXPECT_EQ(told.packs_unindexed, 1u);
    EXPECT_EQ(told.bytes_unindexed, 5000u);
    // Exact but for the frame of each new pack.
    EXPECT_EQ(before - world.bytes_in("data/"), done.bytes_freed - done.packs_written * 36);
    world.expect_sound("prune");
}

TEST_F(PruneTest, leavesASmallPartUnusedWhereThatIsAllowed) {
    const auto ids = world.add_several(4);
    world.forget(ids[1]);
    const PruneReport unlimited = world.prune({.max_unused = {.bytes = UINT64_MAX}});
    EXPECT_GE(unlimited.bytes_unused_left, 60'000u);
    world.expect_sound("prune without limit");
    const PruneReport half = world.prune({.max_unused = {.percent = 50}});
    EXPECT_EQ(half.bytes_unused_left, unlimited.bytes_unused_left);
    const PruneReport rest = world.prune({.max_unused = {.percent = 0}});
    EXPECT_EQ(rest.bytes_unused_left, 0u);
    // Of each pack that is written anew its frame goes too.
    EXPECT_EQ(rest.bytes_freed, unlimited.bytes_unused_left + rest.packs_rewritten * 36);
    world.expect_sound("prune to nothing");
}

TEST_F(PruneTest, goesOnLaterWhereItMayCopyNoMore) {
    const auto ids = world.add_several(6);
    for (const size_t i : {size_t{0}, size_t{2}, size_t{4}}) world.forget(ids[i]);
    PruneOptions options = nothing_unused;
    options.max_repack_size = 45'000;
    uint64_t freed = 0;
    int runs = 0;
    for (; runs < 20; ++runs) {
        const PruneReport report = world.prune(options);
        EXPECT_LE(report.bytes_rewritten, options.max_repack_size);
        if (report.packs_rewritten + report.packs_removed == 0) break;
        freed += report.bytes_freed;
        world.expect_sound("a part");
    }
    EXPECT_GT(runs, 1);
    EXPECT_GT(freed, 100'000u);
}

TEST_F(PruneTest, mergesSmallPacksWhenThereAreMany) {
    world.add_several(6);
    EXPECT_EQ(world.prune(nothing_unused).packs_rewritten, 0u);
    for (uint64_t i = 6; i < 12; ++i) world.add(i);
    const PruneReport report = world.prune({});
    EXPECT_EQ(report.packs_rewritten, report.packs_before);
    EXPECT_LE(world.names("data/").size(), 4u);  // two of each type
    EXPECT_EQ(world.names("index/").size(), 1u);
    EXPECT_EQ(world.prune({}).packs_rewritten, 0u);
    world.expect_sound("prune");
}

TEST_F(PruneTest, removesPacksThatNoIndexNames) {
    world.add(1);
    const auto orphans = world.names("data/");
    for (const char* folder : {"index/", "snapshots/"}) {
        for (const std::string& name : world.names(folder)) world.backend.remove(name, {});
    }
    world.expected.clear();
    world.add(5);
    const PruneReport report = world.prune({});
    EXPECT_EQ(report.packs_unindexed, orphans.size());
    for (const std::string& name : orphans) EXPECT_FALSE(world.backend.size(name, {})) << name;
    world.expect_sound("prune");
}

TEST_F(PruneTest, removesParityOfPacksThatGo) {
    const auto ids = world.add_several(3);
    for (const std::string& name : world.names("data/")) {
        world.backend.save(parity_name(name), random_bytes(3, 10), {});
    }
    const std::string of_none = std::string(64, '7');
    world.backend.save("parity/77/" + of_none, random_bytes(3, 10), {});
    world.backend.save("parity/index/" + of_none, random_bytes(3, 10), {});
    world.backend.save("parity/snapshots/" + of_none, random_bytes(3, 10), {});
    world.forget(ids[0]);
    const PruneReport report = world.prune(nothing_unused);
    EXPECT_EQ(report.parity_files_removed, report.packs_removed + report.packs_rewritten + 2);
    for (const std::string& name : world.names("parity/")) {
        if (name == "parity/snapshots/" + of_none) continue;  // perhaps the last copy of it
        EXPECT_TRUE(world.backend.size(file_of_parity(name), {})) << name;
    }
    world.expect_sound("prune");
}

TEST_F(PruneTest, keepsOneCopyOfWhatIsThereTwice) {
    world.add(1);
    const auto first = world.backend.files();
    // Another computer that did not see the first one's index.
    PruneWorld other;
    other.random.number();  // from here on its IVs are others
    other.add(1);
    auto files = first;
    for (const auto& [name, content] : other.backend.files()) files[name] = content;
    world.expected.insert(other.expected.begin(), other.expected.end());
    world.backend.set_files(std::move(files));
    const uint64_t before = world.bytes_in("data/");
    const PruneReport report = world.prune({});
    EXPECT_GE(report.bytes_duplicate, 100'000u);
    EXPECT_LT(world.bytes_in("data/"), before * 6 / 10);
    world.expect_sound("prune");
}

TEST_F(PruneTest, aDamagedBlobIsTakenFromItsOtherCopy) {
    const auto ids = world.add_several(2);
    auto files = world.backend.files();
    PruneWorld other;
    other.random.number();  // from here on its IVs are others
    other.add_several(2);
    for (const auto& [name, content] : other.backend.files()) {
        if (name.starts_with("data/") || name.starts_with("index/")) files[name] = content;
    }
    const std::vector<std::string> mine = world.names("data/");
    world.backend.set_files(std::move(files));
    for (const std::string& name : mine) flip_bit(name, 100);
    world.forget(ids[0]);
    world.prune(nothing_unused);
    const auto repository = world.open(world.backend);
    const auto snapshots = repository->snapshots({});
    EXPECT_EQ(testing_world::read_back(*repository->read(snapshots.at(0), {})),
              world.expected[snapshots[0].id]);
}

TEST_F(PruneTest, aDamagedBlobWithoutCopyStopsItBeforeAnythingIsDeleted) {
    const auto ids = world.add_several(3);
    world.forget(ids[1]);
    // The shared file's blob is at some place of the first backup's pack: damage every box there.
    for (const std::string& name : world.names("data/")) {
        const size_t size = world.backend.load(name, {}, {}).size();
        if (size < 20'000) continue;  // trees must be readable
        for (size_t at = 20; at + 1000 < size; at += 1000) flip_bit(name, at);
    }
    const auto before = world.backend.files();
    try {
        world.prune(nothing_unused);
        FAIL();
    } catch (const Corrupt& refusal) {
        EXPECT_THAT(refusal.message(), HasSubstr("no whole copy"));
        EXPECT_THAT(refusal.guidance(), HasSubstr("Nothing was deleted"));
        EXPECT_THAT(refusal.guidance(), HasSubstr("place repair"));
    }
    const auto after = world.backend.files();
    for (const auto& [name, content] : before) {
        ASSERT_TRUE(after.contains(name)) << name;
        EXPECT_EQ(after.at(name), content) << name;
    }
}

TEST_F(PruneTest, refusesWhenASnapshotCannotBeRead) {
    const auto ids = world.add_several(2);
    world.forget(ids[0]);
    flip_bit("snapshots/" + ids[1].hex(), 30);
    EXPECT_THAT(expect_refused<Corrupt>([&] { world.prune(nothing_unused); }),
                HasSubstr(ids[1].hex()));
}

TEST_F(PruneTest, refusesWhenATreeCannotBeRead) {
    const auto ids = world.add_several(2);
    world.forget(ids[0]);
    for (const std::string& name : world.names("data/")) {
        const size_t size = world.backend.load(name, {}, {}).size();
        if (size > 20'000) continue;
        for (size_t at = 20; at < size; at += 40) flip_bit(name, at);
    }
    EXPECT_THAT(expect_refused<Corrupt>([&] { world.prune(nothing_unused); }),
                HasSubstr("looking through backup " + ids[1].hex()));
}

TEST_F(PruneTest, refusesWhenAnIndexCannotBeRead) {
    const auto ids = world.add_several(2);
    world.forget(ids[0]);
    flip_bit(world.names("index/").front(), 30);
    EXPECT_THAT(expect_refused<Corrupt>([&] { world.prune(nothing_unused); }), HasSubstr("index/"));
}

TEST_F(PruneTest, refusesWhenANeededIndexIsGone) {
    world.add(1);
    world.backend.remove(world.names("index/").front(), {});
    EXPECT_THAT(expect_refused<Corrupt>([&] { world.prune(nothing_unused); }),
                HasSubstr("No index of the repository knows the folder"));
}

TEST_F(PruneTest, refusesWhenANeededPackIsGoneOrCut) {
    world.add(1);
    for (const std::string& name : world.names("data/")) {
        const Bytes content = world.backend.load(name, {}, {});
        if (content.size() < 20'000) continue;
        world.backend.remove(name, {});
        EXPECT_THAT(expect_refused<Corrupt>([&] { world.prune(nothing_unused); }),
                    HasSubstr("missing, cut or damaged"));
        world.backend.save(name, ByteView(content).first(content.size() - 1), {});
        EXPECT_THAT(expect_refused<Corrupt>([&] { world.prune(nothing_unused); }),
                    HasSubstr("missing, cut or damaged"));
    }
}

TEST_F(PruneTest, aPackThatIsGoneAndNotNeededIsTakenOutOfTheIndex) {
    const auto ids = world.add_several(1);
    const auto needless = world.names("data/");
    world.forget(ids[0]);
    world.backend.remove(needless.front(), {});
    world.prune({});
    EXPECT_THAT(world.names("index/"), IsEmpty());
    world.expect_sound("prune");
}

// One pack with everything, nothing compressed: as very old programs wrote them.
void put_all_into_one_bare_pack(PruneWorld& world) {
    const auto repository = world.open(world.backend);
    Store& store = repository->store();
    std::vector<PackedBlob> blobs;
    store.with_index({}, [&](const Index& index) {
        index.for_each([&](size_t, size_t, const PackedBlob& blob) { blobs.push_back(blob); });
    });
    Codec codec(world.master, 3);
    Bytes pack;
    for (PackedBlob& blob : blobs) {
        const Blob plain = store.load_blob(blob.id, blob.type, {});
        const Bytes box = seal_plain(codec, world.random, as_text(plain->view()));
        blob.offset = static_cast<uint32_t>(pack.size());
        blob.length = static_cast<uint32_t>(box.size());
        blob.raw_length = 0;
        append(pack, box);
    }
    const Bytes header =
        seal_plain(codec, world.random, as_text(ByteView(encode_pack_header(blobs))));
    append(pack, header);
    append_le(pack, static_cast<uint32_t>(header.size()));
    const PackId id{crypto::sha256(pack)};
    auto files = world.backend.files();
    std::erase_if(files, [](const auto& f) {
        return f.first.starts_with("data/") || f.first.starts_with("index/");
    });
    world.backend.set_files(std::move(files));
    world.backend.save(pack_name(id), pack, {});
    store.save_document("index/", encode_index({{id, blobs}}), {});
}

TEST_F(PruneTest, bringsMixedPacksAndBareTreesIntoForm) {
    world.add_several(2);
    put_all_into_one_bare_pack(world);
    world.expect_sound("the old form");
    const PruneReport report = world.prune({.max_unused = {.bytes = UINT64_MAX}});
    EXPECT_EQ(report.packs_rewritten, 1u);
    const auto repository = world.open(world.backend);
    std::map<size_t, std::set<BlobType>> types;
    repository->store().with_index({}, [&](const Index& index) {
        index.for_each([&](size_t pack, size_t, const PackedBlob& blob) {
            types[pack].insert(blob.type);
            EXPECT_TRUE(blob.type == BlobType::data || blob.compressed());
        });
    });
    EXPECT_GE(types.size(), 2u);
    for (const auto& [pack, kinds] : types) EXPECT_EQ(kinds.size(), 1u);
    world.expect_sound("prune");
    EXPECT_EQ(world.prune({}).packs_rewritten, 0u);
}

TEST_F(PruneTest, removesWhatKilledWritersLeft) {
    const storage::TemporaryFolder folder;
    storage::LocalBackend local(folder.path(), world.random);
    const auto repository = world.open(local);
    testing_world::back_up(*repository, testing_world::contents_of(1), nullptr, world.clock.now());
    std::string old;
    local.list("data/", [&](const std::string& name, uint64_t) { old = name; }, {});
    // As the durable file is called before it gets its name.
    const auto path = folder.path() / (old + "-tmp-0123456789abcdef");
    std::ofstream(path) << "half a pack";
    world.clock.advance(std::chrono::hours{24 * 365 * 100});
    const PruneReport report = repository->prune({}, world.events, {});
    EXPECT_EQ(report.bytes_leftover, 11u);
    EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(PruneTest, writesAsMuchAnewAsThereIsRoomFor) {
    const auto ids = world.add_several(3);
    world.forget(ids[0]);
    // 32 MiB are left for what must be written besides; these are all there is.
    storage::MemoryBackend small((uint64_t{32} << 20) + world.bytes_in(""));
    small.set_files(world.backend.files());
    const PruneReport report = world.open(small)->prune(nothing_unused, world.events, {});
    EXPECT_TRUE(report.short_of_space);
    EXPECT_GT(report.bytes_unused_left, 0u);
    world.backend.set_files(small.files());
    world.expect_sound("prune");
}

TEST_F(PruneTest, isAlone) {
    const auto ids = world.add_several(2);
    world.forget(ids[0]);
    const auto repository = world.open(world.backend);
    const auto builder = repository->build(nullptr, {});
    const auto files = world.backend.files();
    try {
        world.prune({});
        FAIL();
    } catch (const Locked& refusal) {
        EXPECT_THAT(refusal.message(), HasSubstr("me on here"));
    }
    EXPECT_EQ(world.backend.files(), files);
}

// Does something while a prune is at a certain point.
class Meanwhile final : public EventSink {
public:
    Meanwhile(std::string phase, std::function<void()> work)
        : phase_(std::move(phase)), work_(std::move(work)) {}
    void on(const Event& event) noexcept override {
        const auto* const started = std::get_if<PhaseStarted>(&event);
        if (started != nullptr && started->phase == phase_) work_();
    }

private:
    std::string phase_;
    std::function<void()> work_;
};

TEST_F(PruneTest, letsNoBackupStartMeanwhile) {
    const auto ids = world.add_several(2);
    world.forget(ids[0]);
    bool refused = false;
    Meanwhile meanwhile("rewrite", [&] {
        try {
            world.open(world.backend)->build(nullptr, {});
        } catch (const Locked&) {
            refused = true;
        }
    });
    world.open(world.backend)->prune(nothing_unused, meanwhile, {});
    EXPECT_TRUE(refused);
    world.expect_sound("prune");
}

TEST_F(PruneTest, deletesNothingWhenSomebodyWroteInSpiteOfTheLock) {
    const auto ids = world.add_several(2);
    const auto forgotten = world.backend.load("snapshots/" + ids[0].hex(), {}, {});
    const auto expected = world.expected;
    world.forget(ids[0]);
    Meanwhile meanwhile("rewrite",
                        [&] { world.backend.save("snapshots/" + ids[0].hex(), forgotten, {}); });
    EXPECT_THROW(world.open(world.backend)->prune(nothing_unused, meanwhile, {}), Temporary);
    world.expected = expected;
    world.expect_sound("the refusal");
}

TEST_F(PruneTest, stopsWhenItIsToldToAndGoesOnLater) {
    const auto ids = world.add_several(4);
    world.forget(ids[1]);
    for (const char* phase : {"mark", "rewrite", "remove"}) {
        std::stop_source stop;
        Meanwhile meanwhile(phase, [&] { stop.request_stop(); });
        EXPECT_THROW(world.open(world.backend)->prune(nothing_unused, meanwhile, stop.get_token()),
                     Cancelled)
            << phase;
        world.expect_sound(phase);
    }
    world.prune(nothing_unused);
    EXPECT_EQ(world.prune(nothing_unused).bytes_freed, 0u);
    world.expect_sound("the last one");
}

TEST_F(PruneTest, keepsWhatIsOnHoldThoughAnotherProgramForgotIt) {
    const auto ids = world.add_several(3);
    const auto expected = world.expected;
    hold_snapshot(*world.open(world.backend), ids[1], "before the repair", {});
    world.backend.remove("snapshots/" + ids[1].hex(), {});
    world.forget(ids[0]);
    world.prune(nothing_unused);
    EXPECT_TRUE(bring_back(*world.open(world.backend), ids[1], {}));
    world.expected[ids[1]] = expected.at(ids[1]);
    world.expect_sound("bringing it back");
    EXPECT_FALSE(bring_back(*world.open(world.backend), ids[1], {}));
}

TEST_F(PruneTest, refusesWhenAHoldCannotBeReadAndItsBackupIsGone) {
    const auto ids = world.add_several(2);
    hold_snapshot(*world.open(world.backend), ids[1], "", {});
    flip_bit("holds/" + ids[1].hex(), 40);
    world.prune(nothing_unused);  // its snapshot says as much
    world.backend.remove("snapshots/" + ids[1].hex(), {});
    EXPECT_THAT(expect_refused<Corrupt>([&] { world.prune(nothing_unused); }),
                HasSubstr("snapshot release"));
}

}  // namespace
}  // namespace lifeboat::repository
