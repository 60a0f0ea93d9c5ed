#include "repository/hold.h"

#include "base/error.h"
#include "repository/hold_file.h"
#include "repository/prune_world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lifeboat::repository {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing_world::PruneWorld;

struct HoldTest : testing::Test {
    PruneWorld world{};
    SnapshotId id = world.add(1);
    std::unique_ptr<OpenRepository> repository = world.open(world.backend);

    void hold(const std::string& note = "why") { hold_snapshot(*repository, id, note, {}); }
    std::vector<Hold> holds() { return list_holds(*repository, {}); }
    std::string name() const { return "holds/" + id.hex(); }
};

TEST_F(HoldTest, isListedWithItsReasonUntilItIsReleased) {
    EXPECT_THAT(holds(), IsEmpty());
    hold("before the\nrepair \u2026");
    ASSERT_EQ(holds().size(), 1u);
    const Hold found = holds()[0];
    EXPECT_EQ(found.note, "before the\nrepair \u2026");
    EXPECT_EQ(found.snapshot.id, id);
    EXPECT_EQ(found.snapshot.paths, repository->snapshots({})[0].paths);
    EXPECT_EQ(found.since, world.clock.now());
    EXPECT_EQ(found.hostname, "here");
    hold("another reason");
    EXPECT_EQ(holds().at(0).note, "another reason");
    release_snapshot(*repository, id, {});
    EXPECT_THAT(holds(), IsEmpty());
    EXPECT_THROW(release_snapshot(*repository, id, {}), Missing);
}

TEST_F(HoldTest, aHeldBackupIsNotForgotten) {
    const SnapshotId other = world.add(2);
    hold();
    try {
        repository->forget({other, id}, {});
        FAIL();
    } catch (const Denied& refusal) {
        EXPECT_THAT(refusal.message(), HasSubstr("is on hold"));
        EXPECT_THAT(refusal.guidance(), HasSubstr("Nothing was removed"));
    }
    EXPECT_EQ(repository->snapshots({}).size(), 2u);
    release_snapshot(*repository, id, {});
    repository->forget({other, id}, {});
    EXPECT_THAT(repository->snapshots({}), IsEmpty());
    repository->forget({id}, {});  // it is gone: that is what was wanted
}

TEST_F(HoldTest, onlyABackupThatIsThereCanBeHeldWithAReasonThatIsText) {
    EXPECT_THROW(hold_snapshot(*repository, SnapshotId{.value = {std::byte{1}}}, "", {}), Missing);
    EXPECT_THROW(hold(std::string(hold_note_limit + 1, 'x')), Misuse);
    EXPECT_THROW(hold("\xff"), Misuse);
    EXPECT_THAT(holds(), IsEmpty());
    hold(std::string(hold_note_limit, 'x'));
}

TEST_F(HoldTest, theBackupThatComesBackIsByteForByteTheSame) {
    const auto file = world.backend.load("snapshots/" + id.hex(), {}, {});
    hold();
    world.backend.remove("snapshots/" + id.hex(), {});
    EXPECT_TRUE(bring_back(*repository, id, {}));
    EXPECT_EQ(world.backend.load("snapshots/" + id.hex(), {}, {}), file);
    EXPECT_FALSE(bring_back(*repository, id, {}));
    EXPECT_THROW(bring_back(*repository, SnapshotId{}, {}), Missing);
}

TEST_F(HoldTest, aDamagedHoldHoldsNeverthelessAndSaysSo) {
    hold();
    Bytes bytes = world.backend.load(name(), {}, {});
    bytes[20] ^= std::byte{1};
    world.backend.save(name(), bytes, {});
    ASSERT_EQ(holds().size(), 1u);
    EXPECT_THAT(holds()[0].problem, HasSubstr("seal is broken"));
    EXPECT_EQ(holds()[0].snapshot.id, id);
    EXPECT_THROW(repository->forget({id}, {}), Denied);
    world.backend.remove("snapshots/" + id.hex(), {});
    EXPECT_THROW(bring_back(*repository, id, {}), Corrupt);
    release_snapshot(*repository, id, {});
}

TEST_F(HoldTest, aHoldUnderAnotherNameOrWithAnotherFileIsDamaged) {
    hold();
    const SnapshotId other = world.add(2);
    world.backend.save("holds/" + other.hex(), world.backend.load(name(), {}, {}), {});
    const Hold wrong = load_hold(repository->store(), other, {});
    EXPECT_THAT(wrong.problem, HasSubstr("another backup"));
    Hold forged = load_hold(repository->store(), id, {});
    forged.file = world.backend.load("snapshots/" + other.hex(), {}, {});
    Codec codec(world.master, 3);
    world.backend.save(name(), seal_document(codec, world.random, encode_hold(forged)), {});
    EXPECT_THAT(load_hold(repository->store(), id, {}).problem,
                HasSubstr("not that of the backup"));
}

TEST_F(HoldTest, areCopiedToAPlaceThatHasTheBackup) {
    const SnapshotId other = world.add(2);
    hold("one");
    hold_snapshot(*repository, other, "two", {});
    storage::MemoryBackend second;
    auto files = world.backend.files();
    std::erase_if(files, [&](const auto& f) {
        return f.first.starts_with("holds/") || f.first == "snapshots/" + other.hex();
    });
    second.set_files(std::move(files));
    const auto copy = world.open(second);
    EXPECT_EQ(copy_holds(*repository, *copy, {}), 1u);
    ASSERT_EQ(list_holds(*copy, {}).size(), 1u);
    EXPECT_EQ(list_holds(*copy, {})[0].note, "one");
    EXPECT_EQ(copy_holds(*repository, *copy, {}), 0u);
}

TEST_F(HoldTest, otherWritersOfTheDocumentAreNotTrusted) {
    const std::string hex(64, 'a');
    const std::string named = R"("snapshot":")" + hex + "\"";
    const std::string time = R"("time":"2026-11-25T04:00:00Z")";
    const std::string file = R"("file":"AA==")";
    const std::vector<std::string> bad_ones{"[]",
                                            "{}",
                                            R"({"snapshot":"aa"})",
                                            "{" + named + "," + time + "}",
                                            "{" + named + "," + time + R"(,"file":""})",
                                            "{" + named + "," + time + R"(,"file":"A"})",
                                            "{" + named + "," + file + "}",
                                            "{" + named + R"(,"time":"never",)" + file + "}",
                                            "{" + time + "," + file + "}",
                                            "{" + named + "," + time + "," + file + "} x"};
    for (const std::string& bad : bad_ones) {
        EXPECT_THROW(decode_hold(bad), Corrupt) << bad;
    }
    const Hold fine = decode_hold("{" + named + "," + time + R"(,"new":{},)" + file + "}");
    EXPECT_EQ(fine.file.size(), 1u);
}

}  // namespace
}  // namespace lifeboat::repository
