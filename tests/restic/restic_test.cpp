#include "base/error.h"
#include "base/hex.h"
#include "crypto/sha256.h"
#include "repository/store.h"
#include "repository/tree.h"
#include "restic_world.h"
#include "sys/child_process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>

namespace lifeboat::restic_test {
namespace {

using testing::HasSubstr;

struct ResticTest : testing::Test {
    World world{};
    std::string source = world.folder("source");

    void make_ours() {
        repository::create(world.backend(), SecretText(password), world.options(), {});
    }
    // How many data blobs a backup by restic had to add.
    uint64_t new_data_blobs(const std::string& folder) {
        const std::string said = world.restic_in(folder, {"backup", "--json", "."});
        for (size_t at = 0; at < said.size();) {
            const size_t end = std::min(said.find('\n', at), said.size());
            const auto line = nlohmann::json::parse(said.substr(at, end - at), nullptr, false);
            if (line.is_object() && line.value("message_type", "") == "summary") {
                return line["data_blobs"].get<uint64_t>();
            }
            at = end + 1;
        }
        ADD_FAILURE() << said;
        return 0;
    }
    Listing restored(const std::string& snapshot) {
        const std::string target = world.folder("restored-" + snapshot);
        world.restic({"restore", snapshot, "--target", target});
        return list_folder(target);
    }
    void expect_clean() {
        world.restic({"check", "--read-data"});
        Nobody nobody;
        const auto report = world.open()->check({.read_data = true}, nobody, {});
        EXPECT_TRUE(report.clean());
        for (const auto& damage : report.damages) ADD_FAILURE() << damage.file << damage.problem;
    }
};

TEST_F(ResticTest, isTheVersionOfDebian) {
    const auto finished = sys::SystemProcess().run({.argv = {"restic", "version"}}, {});
    EXPECT_THAT(to_text(finished.output), HasSubstr("restic 0.14"));
}

TEST_F(ResticTest, checksAndRestoresWhatWeWrite) {
    make_awkward_folder(source);
    add_database(source);
    make_ours();
    const auto receipt = world.back_up(source, nullptr);
    expect_clean();
    EXPECT_EQ(restored(receipt.snapshot.hex()), list_folder(source));
    EXPECT_EQ(list_tree(*world.open()->read(world.open()->snapshots({}).back(), {})).size(),
              list_folder(source).size());
}

TEST_F(ResticTest, writesWhatWeRead) {
    make_awkward_folder(source);
    world.restic({"init"});
    world.restic_in(source, {"backup", "."});
    const auto repository = world.open();
    const auto snapshots = repository->snapshots({});
    ASSERT_EQ(snapshots.size(), 1u);
    EXPECT_EQ(list_tree(*repository->read(snapshots[0], {})), list_folder(source));
    expect_clean();
}

TEST_F(ResticTest, findsNothingNewInOurBackup) {
    make_awkward_folder(source);
    make_ours();
    world.back_up(source, nullptr);
    EXPECT_EQ(new_data_blobs(source), 0u);
    expect_clean();
}

TEST_F(ResticTest, weFindNothingNewInItsBackup) {
    make_awkward_folder(source);
    world.restic({"init"});
    world.restic_in(source, {"backup", "."});
    const auto repository = world.open();
    const auto parent = repository->snapshots({}).back();
    EXPECT_EQ(world.back_up(source, &parent).bytes_new, 0u);
    {
        const auto builder = repository->build(&parent, {});
        for (const auto& [name, facts] : list_folder(source)) {
            EXPECT_TRUE(builder->keep({.path = ItemPath(name), .kind = facts.kind})) << name;
        }
        const auto receipt = builder->finish({.time = world.clock.now(), .paths = {"/phone"}}, {});
        EXPECT_EQ(receipt.bytes_new, 0u);
        EXPECT_EQ(receipt.files_kept, receipt.files);
    }
    const auto newest = repository->snapshots({}).back();
    EXPECT_EQ(newest.tree, parent.tree);  // the very trees that restic wrote
    EXPECT_EQ(restored(newest.id.hex()), list_folder(source));
    expect_clean();
}

TEST_F(ResticTest, prunesAfterBoth) {
    make_awkward_folder(source);
    make_ours();
    const auto first = world.back_up(source, nullptr);
    write_file(source + "/deep/large", pseudo_random(77, 5'000'000));
    new_data_blobs(source);
    add_database(source);
    const auto last = world.back_up(source, nullptr);
    world.restic({"forget", first.snapshot.hex()});
    world.restic({"prune", "--max-unused", "0", "--repack-uncompressed"});
    expect_clean();
    EXPECT_EQ(restored(last.snapshot.hex()), list_folder(source));
    const auto repository = world.open();
    EXPECT_EQ(repository->snapshots({}).size(), 2u);
    EXPECT_EQ(list_tree(*repository->read(repository->snapshots({}).back(), {})),
              list_folder(source));
}

TEST_F(ResticTest, sharesKeys) {
    make_ours();
    write_file(world.folder("second"), "another password");
    world.restic({"key", "add", "--new-password-file", world.folder("second")});
    const auto repository =
        repository::open(world.backend(), SecretText("another password"), world.options(), {});
    const auto keys = repository->keys({});
    ASSERT_EQ(keys.size(), 2u);
    for (const auto& key : keys) {
        if (!key.current) {
            EXPECT_EQ(key.scrypt_n, 131072u);
            repository->remove_key(key.id, {});
        } else {
            EXPECT_THROW(repository->remove_key(key.id, {}), Misuse);
        }
    }
    EXPECT_THROW(world.open(), repository::WrongPassword);
    const auto id = repository->add_key(SecretText(password), {});
    EXPECT_FALSE(id.is_zero());
    world.restic({"snapshots"});  // opens with the key that we wrote
}

TEST_F(ResticTest, respectsOurLocks) {
    make_ours();
    make_awkward_folder(source);
    const auto repository = world.open();
    {
        const auto builder = repository->build(nullptr, {});
        EXPECT_THAT(world.restic({"prune"}, 1), HasSubstr("locked"));
        world.restic_in(source, {"backup", "."});  // two may add at once
        world.restic({"unlock"});                  // our process lives, so its lock stays
        EXPECT_THAT(world.restic({"prune"}, 1), HasSubstr("locked"));
    }
    world.restic({"prune"});
    struct TryDuringCheck final : EventSink {
        explicit TryDuringCheck(World& w) : world(w) {}
        void on(const Event& event) noexcept override {
            if (!std::holds_alternative<PhaseStarted>(event)) return;
            said = world.restic({"forget", "--keep-last", "1"}, 1);
        }
        World& world;
        std::string said{};
    };
    TryDuringCheck events(world);
    EXPECT_TRUE(repository->check({}, events, {}).clean());
    EXPECT_THAT(events.said, HasSubstr("locked exclusively"));
}

TEST_F(ResticTest, itsLocksAreRespected) {
    make_ours();
    const auto repository = world.open();
    const sys::ChildProcess busy(
        {"sh", "-c", "sleep 60 | restic --no-cache -r \"$REPO\" backup --stdin"},
        {{"RESTIC_PASSWORD_FILE", world.folder("password")}, {"REPO", world.repository_path()}});
    bool locked = false;
    for (int i = 0; i < 200 && !locked; ++i) {
        world.clock.sleep(std::chrono::milliseconds{50}, {});
        world.backend().list("locks/", [&](const std::string&, uint64_t) { locked = true; }, {});
    }
    ASSERT_TRUE(locked);
    Nobody nobody;
    try {
        repository->check({}, nobody, {});
        ADD_FAILURE() << "checked under a lock of restic";
    } catch (const repository::Locked& refusal) {
        EXPECT_THAT(refusal.message(), HasSubstr(world.options().hostname));
        EXPECT_THAT(refusal.message(), HasSubstr("process"));
    }
    const auto builder = repository->build(nullptr, {});  // both only add
    builder->finish({.time = world.clock.now(), .paths = {"/phone"}}, {});
}

TEST_F(ResticTest, itsFixtureIsReproducedByteForByte) {
    const std::string data = std::string(LIFEBOAT_TEST_DATA) + "/restic-v2/";
    const std::string unpacked = world.folder("fixture");
    std::filesystem::create_directories(unpacked);
    const auto tar = sys::SystemProcess().run(
        {.argv = {"tar", "xzf", data + "fixture-restic014.tar.gz", "-C", unpacked}}, {});
    ASSERT_EQ(tar.exit_code, 0) << to_text(tar.errors);
    std::ifstream in(data + "fixture.json");
    const auto expected = nlohmann::json::parse(in);
    storage::LocalBackend backend(unpacked + "/repo", world.random);
    const auto repository = repository::open(backend, SecretText("lifeboat"), world.options(), {});
    EXPECT_EQ(repository->id(), expected["config"]["id"].get<std::string>());
    const auto snapshots = repository->snapshots({});
    ASSERT_EQ(snapshots.size(), 1u);
    const auto& snapshot = snapshots[0];
    EXPECT_EQ(snapshot.id.hex(), expected["snapshot_file"].get<std::string>());
    EXPECT_EQ(snapshot.tree.hex(), expected["snapshot"]["tree"].get<std::string>());
    EXPECT_EQ(snapshot.hostname, "fixture");
    EXPECT_EQ(snapshot.tags, std::vector<std::string>{"demo"});
    const auto tree = repository->read(snapshot, {});
    EXPECT_EQ(tree->find(ItemPath("src/zeros-1200000"))->size, 1'200'000u);
    EXPECT_EQ(to_text(read_all(*tree->open(ItemPath("src/zeros-1200000")), UINT64_MAX)),
              std::string(1'200'000, '\0'));
    EXPECT_EQ(tree->find(ItemPath("src/fifo"))->kind, ItemKind::other);
    EXPECT_EQ(tree->find(ItemPath("src/link"))->link_target, "hello.txt");
    // Kept as a whole, its trees get the same ids.
    const auto builder = repository->build(&snapshot, {});
    walk(*tree, ItemPath(), [&](const Item& item) { EXPECT_TRUE(builder->keep(item)); });
    const auto receipt = builder->finish({.time = world.clock.now(), .paths = {"/mnt/src"}}, {});
    EXPECT_EQ(receipt.bytes_stored, 0u);
    EXPECT_EQ(repository->snapshots({}).back().tree, snapshot.tree);
}

}  // namespace
}  // namespace lifeboat::restic_test
