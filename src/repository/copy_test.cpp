// Copies between repositories: complete, not twice, resumable, and harmless wherever they fail.
#include "repository/copy.h"

#include "base/error.h"
#include "repository/parity.h"
#include "repository/snapshot_rewrite.h"
#include "repository/test_world.h"
#include "storage/faulty_backend.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lifeboat::repository {
namespace {

using storage::Fault;
using storage::FaultyBackend;
using storage::MemoryBackend;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;
using testing_world::back_up;
using testing_world::Contents;
using testing_world::random_bytes;
using testing_world::read_back;
using testing_world::some_contents;
using testing_world::World;

Contents small(uint64_t seed) {
    return {{"a/one", random_bytes(seed, 50'000)},
            {"a/two", to_bytes("two")},
            {"both", random_bytes(77, 90'000)},
            {"text", Bytes(40'000)},
            {"empty", {}}};
}

struct CopyWorld {
    World ours{};
    World theirs{};
    MemoryBackend source{};
    MemoryBackend target{};

    CopyWorld() {
        theirs.random.number();  // another key than ours
        theirs.master = make_master_key(theirs.random);
        theirs.config.id = std::string(64, 'b');
        theirs.config.polynomial = *Polynomial::parse("3abc9bff07d9e5");
    }
    Receipt add(const Contents& files) {
        const Receipt receipt = back_up(*ours.open(source), files, nullptr, ours.clock.now());
        ours.clock.advance(std::chrono::hours{1});
        return receipt;
    }
    CopyReport copy(storage::Backend& from, storage::Backend& to, const CopyOptions& options = {}) {
        return copy_snapshots(*ours.open(from), *theirs.open(to), options, ours.events, {});
    }
    void expect_copies(const std::vector<Contents>& contents) {
        const auto repository = theirs.open(target);
        const CheckReport check = repository->check({.read_data = true}, theirs.events, {});
        EXPECT_TRUE(check.clean());
        for (const Damage& damage : check.damages) ADD_FAILURE() << damage.file << damage.problem;
        const auto snapshots = repository->snapshots({});
        ASSERT_EQ(snapshots.size(), contents.size());
        for (size_t i = 0; i < contents.size(); ++i) {
            EXPECT_EQ(read_back(*repository->read(snapshots[i], {})), contents[i]);
        }
    }
    static void remove_locks(MemoryBackend& backend) {
        auto files = backend.files();
        std::erase_if(files, [](const auto& file) { return file.first.starts_with("locks/"); });
        backend.set_files(std::move(files));
    }
};

// A disk that is write-protected or full is copied out of as any other, without a lock there.
TEST(Copy, outOfAPlaceThatCannotBeWritten) {
    for (const auto kind : {Fault::Kind::denied, Fault::Kind::no_space}) {
        CopyWorld world;
        world.add(small(1));
        FaultyBackend unwritable(world.source);
        unwritable.inject({.kind = kind,
                           .operations = static_cast<uint32_t>(storage::Operation::save),
                           .count = UINT64_MAX});
        EXPECT_TRUE(world.copy(unwritable, world.target).complete());
        world.expect_copies({small(1)});
        size_t notes = 0;
        for (const Event& event : world.ours.events.seen()) {
            const auto* note = std::get_if<Noted>(&event);
            if (note != nullptr)
                notes += note->text.starts_with("No lock could be written") ? 1 : 0;
        }
        EXPECT_EQ(notes, 1u);
        // One that cannot be written into is no target.
        MemoryBackend empty;
        FaultyBackend target(empty);
        target.inject({.kind = kind,
                       .operations = static_cast<uint32_t>(storage::Operation::save),
                       .count = UINT64_MAX});
        EXPECT_ANY_THROW(world.copy(world.source, target));
    }
}

TEST(Copy, bringsEverythingOverAndNothingTwice) {
    CopyWorld world;
    world.add(some_contents());
    world.add(small(1));
    const CopyReport report = world.copy(world.source, world.target);
    EXPECT_TRUE(report.complete());
    ASSERT_THAT(report.snapshots, SizeIs(2));
    EXPECT_GT(report.blobs_copied, 5u);
    world.expect_copies({some_contents(), small(1)});
    const auto files = world.target.files();
    const CopyReport again = world.copy(world.source, world.target);
    EXPECT_EQ(again.blobs_copied, 0u);
    for (const auto& one : again.snapshots) EXPECT_TRUE(one.was_there);
    EXPECT_EQ(world.target.files(), files);
    // A third backup that shares a file costs only its own.
    world.add(small(2));
    const CopyReport more = world.copy(world.source, world.target);
    EXPECT_EQ(more.snapshots.back().was_there, false);
    EXPECT_GT(more.blobs_present, 0u);
    EXPECT_LT(more.bytes_written, 60'000u);
    world.expect_copies({some_contents(), small(1), small(2)});
}

TEST(Copy, packsOfTheTargetGetTheirParity) {
    CopyWorld world;
    world.theirs.options.parity = {20};
    world.add(some_contents());
    EXPECT_TRUE(world.copy(world.source, world.target).complete());
    size_t packs = 0;
    for (const auto& [name, content] : world.target.files()) {
        if (!name.starts_with("data/")) continue;
        ++packs;
        EXPECT_TRUE(world.target.files().contains(parity_name(name))) << name;
    }
    EXPECT_GE(packs, 2u);
}

TEST(Copy, keepsFieldsAndNamesTheOriginal) {
    CopyWorld world;
    const Receipt receipt = world.add(small(1));
    const auto report = world.copy(world.source, world.target);
    const auto repository = world.theirs.open(world.target);
    const std::string json =
        repository->store().load_document("snapshots/", {report.snapshots[0].to->value}, {});
    EXPECT_EQ(snapshot_kin(json).original, receipt.snapshot);
    const Snapshot copy = repository->snapshots({}).front();
    const Snapshot original = world.ours.open(world.source)->snapshots({}).front();
    EXPECT_EQ(copy.time, original.time);
    EXPECT_EQ(copy.tree, original.tree);
    EXPECT_EQ(copy.hostname, original.hostname);
    EXPECT_EQ(copy.paths, original.paths);
    EXPECT_FALSE(copy.parent);
    // Back again: the original is recognised.
    const auto back =
        copy_snapshots(*repository, *world.ours.open(world.source), {}, world.ours.events, {});
    ASSERT_THAT(back.snapshots, SizeIs(1));
    EXPECT_TRUE(back.snapshots[0].was_there);
}

TEST(Copy, onlyWhatWasChosen) {
    CopyWorld world;
    world.add(small(1));
    const Receipt second = world.add(small(2));
    EXPECT_THAT(world.copy(world.source, world.target, {.snapshots = {second.snapshot}}).snapshots,
                SizeIs(1));
    world.expect_copies({small(2)});
    EXPECT_THROW(world.copy(world.source, world.target, {.snapshots = {SnapshotId{}}}), Missing);
    EXPECT_THROW(copy_snapshots(*world.ours.open(world.source), *world.ours.open(world.target), {},
                                world.ours.events, {}),
                 Misuse);
    world.theirs.config.version = 1;
    EXPECT_THROW(world.copy(world.source, world.target), Unsupported);
}

TEST(Copy, aDryRunWritesNothing) {
    CopyWorld world;
    world.add(small(1));
    const CopyReport report = world.copy(world.source, world.target, {.dry_run = true});
    EXPECT_GT(report.blobs_copied, 3u);
    ASSERT_THAT(report.snapshots, SizeIs(1));
    EXPECT_FALSE(report.snapshots[0].to);
    EXPECT_TRUE(world.target.files().empty());
}

TEST(Copy, damageInTheSourceCostsOnlyTheSnapshotsThatNeedIt) {
    CopyWorld world;
    world.add(small(1));
    const auto before = world.source.files();
    world.add({{"other", random_bytes(9, 10'000)}});
    auto files = world.source.files();
    for (auto& [name, content] : files) {
        if (!before.contains(name) || !name.starts_with("data/")) continue;
        if (content.size() > 100'000) content[200] ^= std::byte{1};
    }
    world.source.set_files(files);
    const CopyReport report = world.copy(world.source, world.target);
    EXPECT_FALSE(report.complete());
    ASSERT_THAT(report.failed, SizeIs(1));
    ASSERT_THAT(report.snapshots, SizeIs(1));
    world.expect_copies({{{"other", random_bytes(9, 10'000)}}});
    // A lost folder, and a snapshot file that is damaged.
    for (auto& [name, content] : files) {
        if (name.starts_with("data/")) content[10] ^= std::byte{1};
    }
    world.source.set_files(files);
    MemoryBackend empty;
    EXPECT_THAT(world.copy(world.source, empty).failed, SizeIs(2));
    EXPECT_TRUE(world.theirs.open(empty)->snapshots({}).empty());
}

TEST(Copy, aReadThatFailsOnceIsNoDamage) {
    CopyWorld world;
    world.add(small(1));
    FaultyBackend faulty(world.source);
    for (const auto kind : {Fault::Kind::flipped_bit, Fault::Kind::short_read}) {
        faulty.inject({.kind = kind,
                       .operations = static_cast<uint32_t>(storage::Operation::load),
                       .prefix = "data/",
                       .first = 3});
        world.target.set_files({});
        EXPECT_TRUE(world.copy(faulty, world.target).complete());
        world.expect_copies({small(1)});
    }
}

// Anywhere: what is in the target is sound, the source is as it was, and the next run completes
// without copying again what is stored and named.
TEST(Copy, failuresAndKillsAnywhereAreHarmless) {
    CopyWorld world;
    world.add(small(1));
    world.add(small(2));
    const auto source = world.source.files();
    for (const bool at_target : {true, false}) {
        for (const auto& [kind, count] : {std::pair{Fault::Kind::temporary, uint64_t{1}},
                                          std::pair{Fault::Kind::no_space, uint64_t{1}},
                                          std::pair{Fault::Kind::lost_answer, uint64_t{1}},
                                          std::pair{Fault::Kind::unreachable, UINT64_MAX}}) {
            for (uint64_t k = 1;; ++k) {
                ASSERT_LT(k, 200u);
                world.target.set_files({});
                FaultyBackend faulty(at_target ? world.target : world.source);
                faulty.inject({.kind = kind, .first = k, .count = count});
                bool failed = false;
                try {
                    at_target ? world.copy(world.source, faulty) : world.copy(faulty, world.target);
                } catch (const Error&) {
                    failed = true;
                }
                const bool over = faulty.count() < k;
                world.remove_locks(world.source);
                world.remove_locks(world.target);
                EXPECT_EQ(world.source.files(), source);
                if (failed) {
                    const auto check = world.theirs.open(world.target)
                                           ->check({.read_data = true}, world.theirs.events, {});
                    EXPECT_TRUE(check.clean()) << "after failure " << k;
                }
                EXPECT_TRUE(world.copy(world.source, world.target).complete());
                world.expect_copies({small(1), small(2)});
                if (over) break;
            }
        }
    }
}

TEST(Copy, stopsWhenTold) {
    CopyWorld world;
    world.add(small(1));
    std::stop_source stop;
    stop.request_stop();
    const auto from = world.ours.open(world.source);
    const auto to = world.theirs.open(world.target);
    EXPECT_THROW(copy_snapshots(*from, *to, {}, world.ours.events, stop.get_token()), Cancelled);
}

TEST(SnapshotRewrite, changesOnlyWhatItShould) {
    const std::string json =
        R"({"time":"2026-01-02T03:04:05Z","parent":"x","tree":"t","paths":["/a"],)"
        R"("uid":7,"tags":["one"],"summary":{"files_new":3}})";
    EXPECT_EQ(rewrite_snapshot(json, {.drop_parent = true}),
              R"({"time":"2026-01-02T03:04:05Z","tree":"t","paths":["/a"],)"
              R"("uid":7,"tags":["one"],"summary":{"files_new":3}})");
    const SnapshotId id{};
    const std::string changed = rewrite_snapshot(
        json, {.tree = BlobId{}, .tags = std::vector<std::string>{"two"}, .original = id});
    EXPECT_THAT(changed, HasSubstr(R"("tree":")" + id.hex() + '"'));
    EXPECT_THAT(changed, HasSubstr(R"("tags":["two"])"));
    EXPECT_THAT(changed, HasSubstr(R"("original":")" + id.hex() + '"'));
    // The first original stays.
    const std::string other = std::string(64, 'c');
    EXPECT_THAT(rewrite_snapshot(R"({"original":")" + other + R"("})", {.original = id}),
                Not(HasSubstr(id.hex())));
    EXPECT_THAT(rewrite_snapshot(R"({"original":null})", {.original = id}), HasSubstr(id.hex()));
    EXPECT_THROW(rewrite_snapshot("[]", {}), Corrupt);
    EXPECT_THROW(snapshot_kin(R"({"original":"short"})"), Corrupt);
}

}  // namespace
}  // namespace lifeboat::repository
