#include "repository/repository.h"

#include "base/error.h"
#include "repository/test_world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <latch>
#include <thread>

namespace lifeboat::repository {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing_world::back_up;
using testing_world::Contents;
using testing_world::file_item;
using testing_world::put;
using testing_world::random_bytes;
using testing_world::read_back;
using testing_world::some_contents;
using testing_world::World;

struct RepositoryTest : testing::Test {
    World world{};
    storage::MemoryBackend backend{};
    std::unique_ptr<OpenRepository> repository = world.open(backend);

    Snapshot newest() { return repository->snapshots({}).back(); }
    Receipt back_up_all(const Contents& files, const Snapshot* parent = nullptr) {
        world.clock.advance(std::chrono::hours{1});
        return back_up(*repository, files, parent, world.clock.now());
    }
    CheckReport check(bool read_data = true) {
        return world.open(backend)->check({.read_data = read_data}, world.events, {});
    }
    std::vector<std::string> names(const std::string& prefix) {
        std::vector<std::string> found;
        backend.list(prefix, [&](const std::string& name, uint64_t) { found.push_back(name); }, {});
        return found;
    }
    void flip(const std::string& name, size_t at) {
        auto files = backend.files();
        files.at(name).at(at % files.at(name).size()) ^= std::byte{1};
        backend.set_files(std::move(files));
    }
};

TEST_F(RepositoryTest, givesBackWhatWasPut) {
    const Contents files = some_contents();
    const Receipt receipt = back_up_all(files);
    EXPECT_EQ(receipt.files, files.size());
    EXPECT_EQ(receipt.items, files.size() + 2);  // and the folders a and a/b
    EXPECT_EQ(receipt.failed, 0u);
    const auto again = world.open(backend);
    const Snapshot snapshot = again->snapshots({}).back();
    EXPECT_EQ(snapshot.id, receipt.snapshot);
    EXPECT_EQ(snapshot.paths, std::vector<std::string>{"/phone"});
    EXPECT_THAT(snapshot.program_version, HasSubstr("lifeboat"));
    const auto tree = again->read(snapshot, {});
    EXPECT_EQ(read_back(*tree), files);
    const auto item = tree->find(ItemPath("a/small"));
    ASSERT_TRUE(item.has_value());
    EXPECT_EQ(*item, file_item("a/small", 5));
    EXPECT_FALSE(tree->find(ItemPath("a/nothing")).has_value());
    EXPECT_FALSE(tree->find(ItemPath("empty/below")).has_value());
    EXPECT_THROW(tree->open(ItemPath("a")), Missing);
    EXPECT_THROW(tree->list(ItemPath("empty"), [](const Item&) {}), Missing);
    EXPECT_TRUE(check().clean());
    EXPECT_TRUE(names("locks/").empty());
}

TEST_F(RepositoryTest, keepsFoldersAndLinks) {
    const auto builder = repository->build(nullptr, {});
    MemorySource nothing{Bytes{}};
    builder->put({.path = ItemPath("d"), .kind = ItemKind::folder, .mode = 01777}, nothing);
    builder->put({.path = ItemPath("d/l"), .kind = ItemKind::symlink, .link_target = "../\xff"},
                 nothing);
    builder->put({.path = ItemPath("d/fifo"), .kind = ItemKind::other}, nothing);
    put(*builder, "d/f", to_bytes("1"));
    builder->finish({.time = world.clock.now()}, {});
    const auto tree = repository->read(newest(), {});
    EXPECT_EQ(tree->find(ItemPath("d"))->mode, 01777u);
    EXPECT_EQ(tree->find(ItemPath("d/l"))->link_target, "../\xff");
    std::vector<std::string> listed;
    tree->list(ItemPath("d"), [&](const Item& item) { listed.push_back(item.path.text()); });
    EXPECT_THAT(listed, ElementsAre("d/f", "d/l"));
}

TEST_F(RepositoryTest, storesNothingTwice) {
    const Contents files = some_contents();
    const Receipt first = back_up_all(files);
    EXPECT_GT(first.bytes_new, 4'000'000u);
    EXPECT_LE(first.bytes_new, first.bytes - 524'288);  // two chunks of zeros are one
    const auto packs = names("data/").size();
    const Receipt second = back_up_all(files);
    EXPECT_EQ(second.bytes_new, 0u);
    EXPECT_EQ(second.bytes_stored, 0u);
    EXPECT_EQ(names("data/").size(), packs);
    EXPECT_EQ(repository->snapshots({}).size(), 2u);
}

TEST_F(RepositoryTest, treesDoNotDependOnTheOrderOfThreads) {
    back_up_all(some_contents());
    storage::MemoryBackend elsewhere;
    const auto other = world.open(elsewhere);
    const auto builder = other->build(nullptr, {});
    const Contents files = some_contents();
    std::vector<std::jthread> threads;
    std::latch start(3);
    for (size_t t = 0; t < 3; ++t) {
        threads.emplace_back([&, t] {
            start.arrive_and_wait();
            size_t i = 0;
            for (auto at = files.rbegin(); at != files.rend(); ++at) {
                if (i++ % 3 == t) put(*builder, at->first, at->second);
            }
        });
    }
    threads.clear();
    builder->finish({.time = world.clock.now()}, {});
    EXPECT_EQ(other->snapshots({}).back().tree, newest().tree);
}

TEST_F(RepositoryTest, keepsFromTheParentWithoutReading) {
    const Contents files = some_contents();
    back_up_all(files);
    const Snapshot parent = newest();
    const auto builder = repository->build(&parent, {});
    for (const auto& [path, content] : files) {
        EXPECT_TRUE(builder->keep(file_item(path, content.size())));
    }
    EXPECT_FALSE(builder->keep(file_item("new", 1)));
    EXPECT_FALSE(builder->keep(file_item("text.txt", 1)));  // it grew, says the source
    EXPECT_FALSE(builder->keep({.path = ItemPath("text.txt"), .kind = ItemKind::folder}));
    const Receipt receipt = builder->finish({.time = world.clock.now()}, {});
    EXPECT_EQ(receipt.files_kept, files.size());
    EXPECT_EQ(receipt.bytes_stored, 0u);
    EXPECT_EQ(newest().tree, parent.tree);
    EXPECT_EQ(newest().parent, parent.id);
}

TEST_F(RepositoryTest, movesRemovesAndReopens) {
    const auto builder = repository->build(nullptr, {});
    put(*builder, "x/one", to_bytes("1"));
    put(*builder, "x/two", to_bytes("2"));
    put(*builder, "three", to_bytes("3"));
    const FileTree& so_far = builder->so_far();
    EXPECT_EQ(to_text(read_all(*so_far.open(ItemPath("x/two")), 10)), "2");
    EXPECT_THROW(so_far.open(ItemPath("x/none")), Missing);
    builder->move(ItemPath("x"), ItemPath("y/z"));
    builder->move(ItemPath("three"), ItemPath("y/z/one"));
    builder->remove(ItemPath("y/z/two"));
    builder->remove(ItemPath("never/there"));
    EXPECT_THROW(builder->move(ItemPath("x/one"), ItemPath("a")), Missing);
    EXPECT_THROW(builder->move(ItemPath("y"), ItemPath("y/z/w")), Misuse);
    put(*builder, "y/z/four", to_bytes("4"));
    builder->finish({.time = world.clock.now()}, {});
    EXPECT_EQ(read_back(*repository->read(newest(), {})),
              (Contents{{"y/z/four", to_bytes("4")}, {"y/z/one", to_bytes("3")}}));
}

// A source that tells only what changed goes on from everything that was.
TEST_F(RepositoryTest, keepsAllAndShowsWhatItHasSoFar) {
    const Contents files{{"a/1", to_bytes("one")}, {"a/2", to_bytes("two")}, {"b", to_bytes("b")}};
    back_up_all(files);
    const Snapshot parent = newest();
    const auto builder = repository->build(&parent, {});
    builder->keep_all();
    const FileTree& so_far = builder->so_far();
    EXPECT_EQ(read_back(so_far), files);
    EXPECT_EQ(so_far.find(ItemPath("a/2"))->size, 3u);
    EXPECT_FALSE(so_far.find(ItemPath("a/3")));
    EXPECT_THROW(so_far.list(ItemPath("b"), [](const Item&) {}), Missing);
    put(*builder, "a/3", to_bytes("three"));
    builder->remove(ItemPath("a/1"));
    builder->move(ItemPath("b"), ItemPath("a/0"));
    std::vector<std::string> listed;
    so_far.list(ItemPath("a"), [&](const Item& item) { listed.push_back(item.path.text()); });
    EXPECT_EQ(listed, (std::vector<std::string>{"a/0", "a/2", "a/3"}));
    const Contents now{
        {"a/0", to_bytes("b")}, {"a/2", to_bytes("two")}, {"a/3", to_bytes("three")}};
    EXPECT_EQ(read_back(so_far), now);
    builder->finish({.time = world.clock.now()}, {});
    EXPECT_EQ(read_back(*repository->read(newest(), {})), now);
}

TEST_F(RepositoryTest, adoptsAFileWhoseBlobsAreThere) {
    const Bytes content = random_bytes(3, 3'000'000);
    std::vector<BlobId> blobs;
    {
        const auto builder = repository->build(nullptr, {});
        put(*builder, "a", content);
        builder->settle();
        blobs = builder->content_of(ItemPath("a"));
        EXPECT_THROW(builder->content_of(ItemPath("none")), Missing);
    }
    repository = world.open(backend);
    const auto builder = repository->build(nullptr, {});
    EXPECT_FALSE(builder->adopt(file_item("lost", 1), {BlobId{{std::byte{1}}}}));
    EXPECT_TRUE(builder->adopt(file_item("found", content.size()), blobs));
    const Receipt receipt = builder->finish({.time = world.clock.now()}, {});
    EXPECT_EQ(receipt.bytes_new, 0u);
    EXPECT_EQ(read_back(*repository->read(newest(), {})), (Contents{{"found", content}}));
}

TEST_F(RepositoryTest, countsTheUnreadable) {
    const auto builder = repository->build(nullptr, {});
    builder->unreadable(ItemPath("locked"), "permission denied");
    builder->unreadable(ItemPath("flaky"), "it changed");
    put(*builder, "flaky", to_bytes("at last"));
    EXPECT_EQ(builder->finish({.time = world.clock.now()}, {}).failed, 1u);
}

struct BrokenSource final : ByteSource {
    size_t left = 2'000'000;
    size_t read(MutableByteView out) override {
        if (left == 0) throw Temporary("the cable was pulled");
        const size_t size = std::min(left, out.size());
        sys::SeededRandom(left).fill(out.first(size));
        left -= size;
        return size;
    }
};

TEST_F(RepositoryTest, aFailedReadLeavesThePathAsItWas) {
    const auto builder = repository->build(nullptr, {});
    put(*builder, "f", to_bytes("before"));
    BrokenSource broken;
    EXPECT_THROW(builder->put(file_item("f", 9), broken), Temporary);
    builder->finish({.time = world.clock.now()}, {});
    EXPECT_EQ(to_text(read_back(*repository->read(newest(), {})).at("f")), "before");
}

TEST_F(RepositoryTest, anAbandonedBackupIsNotSentAgain) {
    const Contents files = some_contents();
    {
        const auto builder = repository->build(nullptr, {});
        for (const auto& [path, content] : files) put(*builder, path, content);
    }
    EXPECT_TRUE(repository->snapshots({}).empty());
    EXPECT_TRUE(names("locks/").empty());
    EXPECT_TRUE(check().clean());
    repository = world.open(backend);
    EXPECT_EQ(back_up_all(files).bytes_new, 0u);
    EXPECT_EQ(read_back(*repository->read(newest(), {})), files);
}

TEST_F(RepositoryTest, aCheckpointIsEnoughForTheNextRun) {
    const auto builder = repository->build(nullptr, {});
    put(*builder, "a", random_bytes(5, 1'000'000));
    builder->checkpoint({});
    EXPECT_EQ(names("index/").size(), 1u);
    const auto before = backend.files();
    put(*builder, "b", random_bytes(6, 1'000'000));
    builder->finish({.time = world.clock.now()}, {});
    storage::MemoryBackend cut;  // the power went right behind the checkpoint
    cut.set_files(before);
    auto files = before;
    std::erase_if(files, [](const auto& file) { return file.first.starts_with("locks/"); });
    cut.set_files(files);
    const auto again = world.open(cut);
    EXPECT_EQ(back_up(*again, {{"a", random_bytes(5, 1'000'000)}}, nullptr, {}).bytes_new, 0u);
}

TEST_F(RepositoryTest, aStopKeepsWhatWasReadAndMakesNoSnapshot) {
    std::stop_source source;
    {
        const auto builder = repository->build(nullptr, source.get_token());
        put(*builder, "a", random_bytes(5, 1'000'000));
        source.request_stop();
        EXPECT_THROW(put(*builder, "b", to_bytes("b")), Cancelled);
        EXPECT_THROW(builder->finish({}, source.get_token()), Cancelled);
    }
    EXPECT_TRUE(repository->snapshots({}).empty());
    EXPECT_EQ(back_up_all({{"a", random_bytes(5, 1'000'000)}}).bytes_new, 0u);
}

TEST_F(RepositoryTest, oneBackupAtATime) {
    const auto builder = repository->build(nullptr, {});
    EXPECT_THROW(repository->build(nullptr, {}), Misuse);
}

TEST_F(RepositoryTest, doesNotWriteIntoFormat1) {
    world.config.version = 1;
    EXPECT_THROW(world.open(backend)->build(nullptr, {}), Unsupported);
}

TEST_F(RepositoryTest, packsAreShuffledAndOpenTwoAtATime) {
    Contents files;
    for (int i = 0; i < 40; ++i) {
        files[std::to_string(i)] = random_bytes(static_cast<uint64_t>(i) + 100, 1'000'000);
    }
    back_up_all(files);
    uint64_t largest = 0;
    backend.list("data/",
                 [&](const std::string&, uint64_t size) { largest = std::max(largest, size); }, {});
    EXPECT_LE(largest, pack_target_size);
    EXPECT_GT(largest, pack_target_size * 8 / 10);
    EXPECT_TRUE(check().clean());
}

TEST_F(RepositoryTest, readsAnotherCopyOnDamage) {
    back_up_all({{"a", random_bytes(5, 100'000)}});
    const auto first = names("data/");
    const auto index = names("index/");
    auto files = backend.files();
    auto hidden = files;
    for (const auto& name : index) hidden.erase(name);
    backend.set_files(hidden);
    repository = world.open(backend);
    back_up_all({{"a", random_bytes(5, 100'000)}});  // stored again: the index was away
    for (const auto& name : index) hidden = backend.files(), hidden[name] = files[name];
    backend.set_files(hidden);
    for (const auto& name : first) flip(name, 50);
    repository = world.open(backend);
    EXPECT_EQ(read_back(*repository->read(newest(), {})).at("a"), random_bytes(5, 100'000));
    const CheckReport report = check();
    EXPECT_EQ(report.damages.size(), first.size());
    EXPECT_TRUE(report.affected.empty());
}

TEST_F(RepositoryTest, damageOfAPackNamesTheFilesItCosts) {
    back_up_all({{"dir/lost", random_bytes(5, 100'000)}, {"fine", {}}});
    for (const auto& name : names("data/")) {
        if (backend.files().at(name).size() > 90'000) flip(name, 5000);
    }
    EXPECT_TRUE(check(false).clean());
    const CheckReport report = check();
    ASSERT_EQ(report.damages.size(), 1u);
    EXPECT_THAT(report.damages[0].file, HasSubstr("data/"));
    EXPECT_THAT(report.damages[0].problem, HasSubstr("seal"));
    ASSERT_EQ(report.affected.size(), 1u);
    EXPECT_EQ(report.affected[0].path, ItemPath("dir/lost"));
    EXPECT_EQ(report.affected[0].snapshot, newest().id);
    const auto again = world.open(backend);
    const auto tree = again->read(newest(), {});
    const auto source = tree->open(ItemPath("dir/lost"));
    Bytes out(10);
    try {
        source->read(out);
        FAIL() << "a damaged byte left the repository";
    } catch (const Corrupt& damage) {
        EXPECT_THAT(damage.message(), HasSubstr(report.damages[0].file));
        EXPECT_FALSE(damage.guidance().empty());
    }
    EXPECT_EQ(out, Bytes(10));
}

TEST_F(RepositoryTest, truncatedAndMissingPacksAreFoundWithoutReading) {
    back_up_all({{"lost", random_bytes(5, 100'000)}});
    auto files = backend.files();
    for (auto& [name, bytes] : files) {
        if (name.starts_with("data/") && bytes.size() > 90'000) bytes.resize(50'000);
    }
    backend.set_files(files);
    CheckReport report = check(false);
    ASSERT_EQ(report.damages.size(), 1u);
    EXPECT_THAT(report.damages[0].problem, HasSubstr("50000 bytes instead of"));
    ASSERT_EQ(report.affected.size(), 1u);
    std::erase_if(files, [](const auto& f) { return f.first.starts_with("data/"); });
    backend.set_files(files);
    report = check(false);
    EXPECT_EQ(report.damages.size(), 2u);
    ASSERT_EQ(report.affected.size(), 1u);  // even the root's tree is away
    EXPECT_TRUE(report.affected[0].path.is_root());
    EXPECT_THROW(repository->read(newest(), {}), Corrupt);
}

TEST_F(RepositoryTest, aDamagedSnapshotOrIndexDoesNotTakeTheOthersAway) {
    back_up_all({{"a", random_bytes(5, 1000)}});
    const std::string damaged_snapshot = names("snapshots/").front();
    back_up_all({{"b", random_bytes(6, 1000)}});
    const Snapshot good = newest();
    flip(damaged_snapshot, 30);
    repository = world.open(backend);
    ASSERT_EQ(repository->snapshots({}).size(), 1u);
    EXPECT_FALSE(world.events.seen().empty());
    EXPECT_EQ(read_back(*repository->read(good, {})).size(), 1u);
    CheckReport report = check();
    ASSERT_EQ(report.damages.size(), 1u);
    EXPECT_EQ(report.damages[0].file, damaged_snapshot);

    flip(damaged_snapshot, 30);
    const auto indexes = names("index/");
    ASSERT_EQ(indexes.size(), 2u);
    flip(indexes[0], 30);
    report = check();
    EXPECT_EQ(report.damages.size(), 1u);
    EXPECT_EQ(report.damages[0].file, indexes[0]);
    EXPECT_EQ(report.affected.size(), 1u);
    size_t readable = 0;
    repository = world.open(backend);
    for (const Snapshot& snapshot : repository->snapshots({})) {
        try {
            readable += read_back(*repository->read(snapshot, {})).size();
        } catch (const Corrupt&) {
        }
    }
    EXPECT_EQ(readable, 1u);
}

TEST_F(RepositoryTest, aSubsetReadsEveryPackOnceInAllItsParts) {
    back_up_all(some_contents());
    const uint64_t all = check().bytes_read;
    uint64_t sum = 0;
    for (uint32_t part = 1; part <= 3; ++part) {
        sum +=
            world.open(backend)
                ->check({.read_data = true, .subset_part = part, .subset_of = 3}, world.events, {})
                .bytes_read;
    }
    EXPECT_EQ(sum, all);
}

TEST_F(RepositoryTest, anOrphanedPackIsAHint) {
    back_up_all({{"a", to_bytes("x")}});
    auto files = backend.files();
    files["data/00/" + std::string(64, '0')] = to_bytes("left over");
    backend.set_files(files);
    const CheckReport report = check();
    EXPECT_TRUE(report.clean());
    EXPECT_EQ(report.hints.size(), 1u);
}

TEST_F(RepositoryTest, seesWhatAnotherWrites) {
    back_up_all({{"a", to_bytes("x")}});
    const auto other = world.open(backend);
    back_up(*other, {{"b", random_bytes(1, 5000)}}, nullptr, world.clock.now());
    for (const Snapshot& snapshot : repository->snapshots({})) {
        EXPECT_EQ(read_back(*repository->read(snapshot, {})).size(), 1u);
    }
}

}  // namespace
}  // namespace lifeboat::repository
