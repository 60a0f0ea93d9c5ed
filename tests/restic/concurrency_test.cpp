// Many processes of ours, and restic, in one repository at once: nothing is lost, whoever deletes.
#include "base/error.h"
#include "item/memory_items.h"
#include "restic_world.h"
#include "sys/child_process.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <functional>

namespace lifeboat::restic_test {
namespace {

using Contents = std::map<std::string, std::string>;

// What writer `number` saves in its `round`: some that all have, some that nobody else has.
Contents contents_of(uint64_t number, uint64_t round) {
    const uint64_t own = 1000 + number * 100 + round;
    return {{"common/a", pseudo_random(1, 900'000)},
            {"common/b", pseudo_random(2, 40'000)},
            {fmt::format("common/round-{}", round), pseudo_random(10 + round, 300'000)},
            {"own", pseudo_random(own, 700'000)},
            {"own-small", fmt::format("writer {} round {}", number, round)}};
}

struct ConcurrencyTest : testing::Test {
    World world{};

    // Tests fork while they have no other threads; a child leaves without the tests' own end.
    static pid_t start(const std::function<void()>& work) {
        std::fflush(nullptr);
        const pid_t child = ::fork();
        if (child != 0) return child;
        try {
            work();
        } catch (const std::exception& failure) {
            std::fputs(fmt::format("a writer failed: {}\n", failure.what()).c_str(), stderr);
            ::_exit(1);
        }
        ::_exit(0);
    }
    static void expect_success(const std::vector<pid_t>& children) {
        for (const pid_t child : children) {
            int status = 0;
            ASSERT_EQ(::waitpid(child, &status, 0), child);
            EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
        }
    }
    // Opens once, as a process does, and saves a snapshot each round.
    void write(uint64_t number, uint64_t rounds) {
        repository::Options options = world.options();
        options.lock_wait = std::chrono::minutes{4};
        const auto repository =
            repository::open(world.backend(), SecretText(password), options, {});
        for (uint64_t round = 0; round < rounds; ++round) {
            const auto builder = repository->build(nullptr, {});
            for (const auto& [path, content] : contents_of(number, round)) {
                MemorySource source(to_bytes(content));
                builder->put({.path = ItemPath(path), .size = content.size(), .mode = 0600},
                             source);
            }
            builder->finish({.time = world.clock.now(),
                             .paths = {"/phone"},
                             .hostname = fmt::format("writer-{}", number),
                             .tags = {fmt::format("round-{}", round)}},
                            {});
        }
    }
    // Everything that was saved is there, whole, for us and for restic.
    void expect_everything(repository::Repository& repository, uint64_t writers, uint64_t rounds) {
        uint64_t found = 0;
        for (const auto& snapshot : repository.snapshots({})) {
            if (!snapshot.hostname.starts_with("writer-")) continue;
            ++found;
            const uint64_t number = std::stoull(snapshot.hostname.substr(7));
            const uint64_t round = std::stoull(snapshot.tags.at(0).substr(6));
            Contents files;
            for (const auto& [path, facts] : list_tree(*repository.read(snapshot, {}))) {
                if (facts.kind == ItemKind::file) files[path] = facts.content;
            }
            EXPECT_EQ(files, contents_of(number, round)) << snapshot.hostname;
        }
        EXPECT_EQ(found, writers * rounds);
        world.restic({"check", "--read-data"});
        Nobody nobody;
        const auto report = world.open()->check({.read_data = true}, nobody, {});
        for (const auto& damage : report.damages) ADD_FAILURE() << damage.file << damage.problem;
        EXPECT_TRUE(report.clean());
        uint64_t locks = 0;
        world.backend().list("locks/", [&](const std::string&, uint64_t) { ++locks; }, {});
        EXPECT_EQ(locks, 0u);
    }
};

TEST_F(ConcurrencyTest, manyWritersAndResticLoseNothing) {
    constexpr uint64_t writers = 8, rounds = 3;
    repository::create(world.backend(), SecretText(password), world.options(), {});
    // Opened before anybody writes: it must see what comes.
    const auto early = world.open();
    EXPECT_TRUE(early->snapshots({}).empty());
    make_awkward_folder(world.folder("source"));
    std::vector<pid_t> children;
    for (uint64_t number = 0; number < writers; ++number) {
        children.push_back(start([&, number] { write(number, rounds); }));
    }
    for (int i = 0; i < 2; ++i) world.restic_in(world.folder("source"), {"backup", "."});
    expect_success(children);
    expect_everything(*early, writers, rounds);
    world.restic({"restore", "latest", "--host", "writer-3", "--tag", "round-2", "--target",
                  world.folder("restored")});
    for (const auto& [path, content] : contents_of(3, 2)) {
        EXPECT_EQ(list_folder(world.folder("restored")).at(path).content, content);
    }
}

TEST_F(ConcurrencyTest, prunesInBetweenTakeNothingThatIsNeeded) {
    constexpr uint64_t writers = 8, rounds = 3;
    repository::create(world.backend(), SecretText(password), world.options(), {});
    const auto early = world.open();
    make_awkward_folder(world.folder("source"));
    std::vector<pid_t> children;
    for (uint64_t number = 0; number < writers; ++number) {
        children.push_back(start([&, number] { write(number, rounds); }));
    }
    // Each makes rubbish and tries to prune it; most tries find somebody writing.
    const std::string forget =
        "i=0; while [ $i -lt 6 ]; do i=$((i+1)); restic --no-cache -q -r \"$REPO\" backup "
        "\"$FROM\" "
        "--host rubbish; restic --no-cache -q -r \"$REPO\" forget --host rubbish --keep-last 1 "
        "--prune --max-unused 0; done; exit 0";
    sys::ChildProcess pruner({"sh", "-c", forget},
                             {{"RESTIC_PASSWORD_FILE", world.folder("password")},
                              {"REPO", world.repository_path()},
                              {"FROM", world.folder("source")}});
    expect_success(children);
    for (int i = 0; i < 1200 && !pruner.ended(); ++i) {
        world.clock.sleep(std::chrono::milliseconds{100}, {});
    }
    EXPECT_EQ(pruner.ended(), 0);
    world.restic({"prune", "--max-unused", "0"});
    expect_everything(*early, writers, rounds);
}

// restic deletes only alone, and so do we: each finds the other's lock.
TEST_F(ConcurrencyTest, exclusiveLocksAreRespectedInBothDirections) {
    repository::create(world.backend(), SecretText(password), world.options(), {});
    const auto repository = world.open();
    struct TryDuringCheck final : EventSink {
        explicit TryDuringCheck(World& w) : world(w) {}
        void on(const Event& event) noexcept override {
            if (!std::holds_alternative<PhaseStarted>(event)) return;
            said = world.restic({"backup", world.folder("password")}, 1);
            locks = world.restic({"list", "locks"});
        }
        World& world;
        std::string said{};
        std::string locks{};
    };
    TryDuringCheck events(world);
    EXPECT_TRUE(repository->check({}, events, {}).clean());
    EXPECT_THAT(events.said, testing::HasSubstr("locked exclusively"));
    EXPECT_GE(events.locks.size(), 64u);

    // A restic that holds the repository alone.
    const sys::ChildProcess busy({"restic", "--no-cache", "-r", world.repository_path(), "check"},
                                 {{"RESTIC_PASSWORD_FILE", world.folder("password")}});
    std::vector<std::string> names;
    for (int i = 0; i < 400 && names.empty(); ++i) {
        world.clock.sleep(std::chrono::milliseconds{10}, {});
        world.backend().list("locks/",
                             [&](const std::string& name, uint64_t) { names.push_back(name); }, {});
    }
    ASSERT_FALSE(names.empty());
    // It may end meanwhile; as long as it holds its lock we are refused, and then we are not.
    try {
        repository->build(nullptr, {})->finish({.time = world.clock.now()}, {});
    } catch (const repository::Locked& refusal) {
        EXPECT_THAT(refusal.message(), testing::HasSubstr("uses it alone"));
    }
    repository::Options patient = world.options();
    patient.lock_wait = std::chrono::minutes{2};
    const auto waiting = repository::open(world.backend(), SecretText(password), patient, {});
    waiting->build(nullptr, {})->finish({.time = world.clock.now()}, {});
    world.restic({"check"});
}

// A restic that was killed leaves its lock; nobody has to unlock anything.
TEST_F(ConcurrencyTest, aKilledResticIsTakenOver) {
    repository::create(world.backend(), SecretText(password), world.options(), {});
    const auto repository = world.open();
    const pid_t restic = ::fork();
    if (restic == 0) {
        ::setenv("RESTIC_PASSWORD_FILE", world.folder("password").c_str(), 1);
        if (std::freopen("/dev/null", "w", stdout) == nullptr) ::_exit(126);
        if (std::freopen("/dev/null", "w", stderr) == nullptr) ::_exit(126);
        ::execlp("restic", "restic", "--no-cache", "-r", world.repository_path().c_str(), "backup",
                 "--stdin-filename", "x", "--stdin", nullptr);
        ::_exit(127);
    }
    uint64_t locks = 0;
    for (int i = 0; i < 600 && locks == 0; ++i) {
        world.clock.sleep(std::chrono::milliseconds{10}, {});
        world.backend().list("locks/", [&](const std::string&, uint64_t) { ++locks; }, {});
    }
    ::kill(restic, SIGKILL);
    ::waitpid(restic, nullptr, 0);
    ASSERT_EQ(locks, 1u);
    // With a clock half an hour later, so that the test need not wait for its silence.
    sys::ManualClock later(world.clock.now() + std::chrono::minutes{31});
    repository::Options options{.clock = later,
                                .random = world.random,
                                .hostname = world.options().hostname,
                                .username = "tester"};
    const auto again = repository::open(world.backend(), SecretText(password), options, {});
    Nobody nobody;
    EXPECT_TRUE(again->check({}, nobody, {}).clean());
    world.restic({"prune"});
}

}  // namespace
}  // namespace lifeboat::restic_test
