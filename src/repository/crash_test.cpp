// Every operation of every kind of backup fails once, in every way there is, and is killed once
// before and once after it. Whatever happens: nothing that was stored is lost, the place stays
// clean, and the next run completes and reuses what is there.
#include "base/error.h"
#include "repository/parity.h"
#include "repository/test_world.h"
#include "storage/faulty_backend.h"
#include "storage/forwarding_backend.h"
#include "storage/local_backend.h"
#include "storage/temporary_folder.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <set>

namespace lifeboat::repository {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using storage::Fault;
using storage::FaultyBackend;
using storage::MemoryBackend;
using storage::Operation;
using testing_world::back_up;
using testing_world::Contents;
using testing_world::put;
using testing_world::random_bytes;
using testing_world::read_back;
using testing_world::World;

// Small, so that a run takes a blink; blobs, trees, several folders.
Contents small_contents(uint64_t seed) {
    return {{"a/one", random_bytes(seed, 20'000)},
            {"a/two", to_bytes("two")},
            {"b/c/three", random_bytes(seed + 1, 30'000)},
            {"empty", {}}};
}

enum class Kind { first, incremental, with_checkpoint, after_an_interruption };

struct Case {
    const char* name = "";
    Kind kind = Kind::first;
};

void PrintTo(const Case& a_case, std::ostream* out) {
    *out << a_case.name;
}

const Contents old_files = small_contents(1);
const Contents new_files = small_contents(5);

// What is there before the backup under test begins.
void prepare(World& world, storage::Backend& backend, Kind kind) {
    if (kind == Kind::first || kind == Kind::with_checkpoint) return;
    back_up(*world.open(backend), old_files, nullptr, world.clock.now());
    if (kind != Kind::after_an_interruption) return;
    world.clock.advance(hours{1});
    const auto repository = world.open(backend);
    const auto parent = repository->snapshots({}).back();
    const auto builder = repository->build(&parent, {});
    put(*builder, "a/one", new_files.at("a/one"));
    builder->finish({.time = world.clock.now(), .tags = {"interrupted"}}, {});
}

// The backup under test.
Receipt run(World& world, storage::Backend& backend, Kind kind) {
    world.clock.advance(hours{1});
    const auto repository = world.open(backend);
    const auto snapshots = repository->snapshots({});
    const Snapshot* parent = snapshots.empty() ? nullptr : &snapshots.back();
    const auto builder = repository->build(parent, {});
    for (const auto& [path, content] : new_files) {
        // Where the interrupted run cannot be read, the engine has nothing to compare with.
        const bool same = parent != nullptr && !parent->tags.empty() && path == "a/one";
        if (same && builder->keep(testing_world::file_item(path, content.size()))) continue;
        put(*builder, path, content);
        if (kind == Kind::with_checkpoint && path == "a/two") builder->checkpoint({});
    }
    return builder->finish({.time = world.clock.now(), .paths = {"/phone"}}, {});
}

void expect_clean(World& world, storage::Backend& backend) {
    const CheckReport report = world.open(backend)->check({.read_data = true}, world.events, {});
    for (const Damage& damage : report.damages) ADD_FAILURE() << damage.file << damage.problem;
    for (const auto& file : report.affected) ADD_FAILURE() << file.path.text() << file.problem;
}

uint64_t count(const storage::Backend& backend, const std::string& prefix) {
    uint64_t found = 0;
    backend.list(prefix, [&](const std::string&, uint64_t) { ++found; }, {});
    return found;
}

// Each snapshot is one of those that may be, whole.
void expect_whole_snapshots(World& world, storage::Backend& backend) {
    const auto repository = world.open(backend);
    for (const Snapshot& snapshot : repository->snapshots({})) {
        const Contents files = read_back(*repository->read(snapshot, {}));
        const bool is_interrupted = !snapshot.tags.empty();
        EXPECT_TRUE(is_interrupted || files == old_files || files == new_files);
    }
}

bool was_told_of_refused_parity(const World& world) {
    return std::ranges::any_of(world.events.seen(), [](const Event& event) {
        const auto* noted = std::get_if<Noted>(&event);
        return noted != nullptr && noted->text.find("takes no parity files") != std::string::npos;
    });
}

// What is indexed has whole parity when the next run is over, unless the place refused to take it,
// which was said: a backup without parity is better than none. Then it is written when asked for.
void expect_parity(World& world, storage::Backend& backend, bool may_be_refused) {
    const auto wanting = [&] {
        return world.open(backend)->check({.read_data = true}, world.events, {}).parity_wanting;
    };
    const uint64_t lacking = wanting();
    if (lacking > 0) {
        EXPECT_TRUE(may_be_refused) << lacking;
        EXPECT_TRUE(was_told_of_refused_parity(world)) << lacking;
    }
    EXPECT_TRUE(write_missing_parity(*world.open(backend), {}, world.events, {}).damages.empty());
    EXPECT_EQ(write_missing_parity(*world.open(backend), {}, world.events, {}).written, 0u);
    EXPECT_EQ(wanting(), 0u);
}

// `indexes` were there before the failed run began.
void expect_recovery(World& world, storage::Backend& backend, Kind kind, uint64_t indexes,
                     bool parity_refused = false) {
    expect_clean(world, backend);
    EXPECT_EQ(count(backend, "locks/"), 0u) << "the lock of a dead program is taken over";
    expect_whole_snapshots(world, backend);
    const bool something_kept = count(backend, "index/") > indexes;
    const Receipt receipt = run(world, backend, kind);
    EXPECT_EQ(receipt.failed, 0u);
    uint64_t all = 0;
    for (const auto& [path, content] : new_files) all += content.size();
    if (something_kept) {
        EXPECT_LT(receipt.bytes_new, all) << "it was stored and indexed";
    }
    const auto repository = world.open(backend);
    EXPECT_EQ(read_back(*repository->read(repository->snapshots({}).back(), {})), new_files);
    expect_parity(world, backend, parity_refused);
    EXPECT_EQ(count(backend, "locks/"), 0u);
}

// One worker: the order of things is another one at each run anyway, and threads cost time. With
// parity, as by default: each of its files is an operation more that may fail.
struct SmallWorld : World {
    SmallWorld() {
        options.workers = 1;
        options.parity = {20};
    }
};

class Crash : public testing::TestWithParam<Case> {};

TEST_P(Crash, aFailureOfAnyKindAtAnyOperationCostsThisRunAtMost) {
    constexpr std::array kinds{Fault::Kind::temporary, Fault::Kind::unreachable,
                               Fault::Kind::no_space,  Fault::Kind::denied,
                               Fault::Kind::missing,   Fault::Kind::lost_answer,
                               Fault::Kind::short_read};
    SmallWorld world;
    MemoryBackend backend;
    prepare(world, backend, GetParam().kind);
    const auto start = backend.files();
    const uint64_t indexes = count(backend, "index/");
    for (const Fault::Kind kind : kinds) {
        uint64_t failed_runs = 0;
        bool completed = false;
        for (uint64_t k = 1; !completed; ++k) {
            SCOPED_TRACE(testing::Message() << "fault " << static_cast<int>(kind) << " at " << k);
            ASSERT_LT(k, 200u);
            backend.set_files(start);
            FaultyBackend faulty(backend);
            faulty.inject({.kind = kind, .first = k});
            try {
                run(world, faulty, GetParam().kind);
                completed = faulty.count() < k;
            } catch (const Error&) {
                ++failed_runs;
            }
            // Where the answer to its removal was an error, our living program's lock is left.
            faulty.heal();
            auto left = backend.files();
            std::erase_if(left, [](const auto& file) { return file.first.starts_with("locks/"); });
            backend.set_files(left);
            expect_recovery(world, backend, GetParam().kind, indexes, kind == Fault::Kind::denied);
            if (HasFatalFailure() || HasNonfatalFailure()) return;
        }
        if (kind != Fault::Kind::short_read) {
            EXPECT_GT(failed_runs, 5u);
        }
    }
}

TEST_P(Crash, aPlaceThatGoesAtAnyOperationAndStaysAwayIsHarmless) {
    SmallWorld world;
    MemoryBackend backend;
    prepare(world, backend, GetParam().kind);
    const auto start = backend.files();
    const uint64_t indexes = count(backend, "index/");
    for (uint64_t k = 1;; ++k) {
        SCOPED_TRACE(testing::Message() << "gone from operation " << k);
        ASSERT_LT(k, 200u);
        backend.set_files(start);
        FaultyBackend faulty(backend);
        faulty.inject({.kind = Fault::Kind::unreachable, .first = k, .count = UINT64_MAX});
        bool completed = false;
        try {
            run(world, faulty, GetParam().kind);
            completed = faulty.count() < k;
        } catch (const storage::Unreachable&) {
        }
        if (completed) break;
        auto left = backend.files();
        std::erase_if(left, [](const auto& file) { return file.first.starts_with("locks/"); });
        backend.set_files(left);
        expect_recovery(world, backend, GetParam().kind, indexes);
        if (HasFatalFailure() || HasNonfatalFailure()) return;
    }
}

// Real processes, a real folder, a real SIGKILL; locks and half written files stay as they fall.
TEST_P(Crash, aKillBeforeOrAfterAnyOperationIsHarmless) {
    SmallWorld world;
    // In memory: what is proven here is the order of things, not the disk, and syncing takes long.
    if (::access("/dev/shm", W_OK) == 0) ::setenv("TMPDIR", "/dev/shm", 1);
    constexpr auto recursive = std::filesystem::copy_options::recursive;
    const storage::TemporaryFolder start;
    storage::LocalBackend start_backend(start.path().string(), world.random);
    prepare(world, start_backend, GetParam().kind);
    for (const Fault::Kind kind : {Fault::Kind::killed_before, Fault::Kind::killed_after}) {
        for (uint64_t k = 1;; ++k) {
            SCOPED_TRACE(testing::Message() << "kill " << static_cast<int>(kind) << " at " << k);
            ASSERT_LT(k, 200u);
            const storage::TemporaryFolder folder;
            std::filesystem::copy(start.path(), folder.path(), recursive);
            storage::LocalBackend backend(folder.path().string(), world.random);
            const uint64_t indexes = count(backend, "index/");
            const pid_t child = ::fork();
            if (child == 0) {
                FaultyBackend faulty(backend);
                faulty.inject({.kind = kind, .first = k});
                run(world, faulty, GetParam().kind);
                ::_exit(0);
            }
            int status = 0;
            ASSERT_EQ(::waitpid(child, &status, 0), child);
            if (WIFEXITED(status)) break;
            ASSERT_EQ(WTERMSIG(status), SIGKILL);
            world.clock.advance(hours{1});
            expect_recovery(world, backend, GetParam().kind, indexes);
            if (HasFatalFailure() || HasNonfatalFailure()) return;
        }
    }
}

TEST_P(Crash, aPlaceThatIsFullAfterAnyNumberOfBytesIsHarmless) {
    SmallWorld world;
    MemoryBackend backend;
    prepare(world, backend, GetParam().kind);
    const auto start = backend.files();
    const uint64_t indexes = count(backend, "index/");
    FaultyBackend counted(backend);
    run(world, counted, GetParam().kind);
    // Where a file just fits and where it just does not; and some between.
    std::set<uint64_t> budgets;
    uint64_t sum = 0;
    for (const auto& call : counted.calls()) {
        if (call.operation != Operation::save) continue;
        sum += call.bytes;
        budgets.insert({sum - 1, sum});
    }
    for (uint64_t budget = 0; budget < sum; budget += sum / 16) budgets.insert(budget);
    uint64_t refused = 0;
    for (const uint64_t budget : budgets) {
        SCOPED_TRACE(testing::Message() << budget << " of " << sum << " bytes");
        backend.set_files(start);
        FaultyBackend faulty(backend);
        faulty.limit_bytes(budget);
        try {
            run(world, faulty, GetParam().kind);
        } catch (const NoSpace&) {
            ++refused;
        }
        expect_recovery(world, backend, GetParam().kind, indexes);
        if (HasFatalFailure() || HasNonfatalFailure()) return;
    }
    EXPECT_GT(refused, 10u);
}

// A power cut keeps what was saved before it: the order of the savings is what makes that whole.
TEST_P(Crash, eachFileIsSavedAfterAllThatItNames) {
    SmallWorld world;
    MemoryBackend backend;
    prepare(world, backend, GetParam().kind);
    FaultyBackend watched(backend);
    run(world, watched, GetParam().kind);
    Store store(backend, world.options, world.master, world.config, KeyId{});
    std::set<std::string> saved;
    std::string last;
    uint64_t packs = 0, indexed = 0;
    for (const auto& call : watched.calls()) {
        if (call.operation != Operation::save || call.name.starts_with("locks/")) continue;
        EXPECT_TRUE(saved.insert(call.name).second) << call.name << " was saved twice";
        last = call.name;
        if (call.name.starts_with("data/")) ++packs;
        if (!call.name.starts_with("index/")) continue;
        const auto id = IndexId::parse(call.name.substr(6));
        decode_index(store.load_document("index/", {id->value}, {}), [&](IndexedPack&& pack) {
            ++indexed;
            EXPECT_TRUE(saved.contains(pack_name(pack.id))) << "indexed before it was stored";
        });
    }
    EXPECT_TRUE(last.starts_with("snapshots/")) << last;
    EXPECT_GE(packs, 2u);
    EXPECT_EQ(indexed, packs) << "nothing is left without an index";
}

// The clock is set on or back, or the machine sleeps, at any operation.
class JumpingBackend final : public storage::ForwardingBackend {
public:
    JumpingBackend(storage::Backend& inner, sys::ManualClock& clock, uint64_t at, nanoseconds by)
        : ForwardingBackend(inner), clock_(clock), at_(at), by_(by) {}
    void save(const std::string& name, ByteView content, const std::stop_token& stop) override {
        step();
        inner_.save(name, content, stop);
    }
    Bytes load(const std::string& name, storage::Range range,
               const std::stop_token& stop) const override {
        step();
        return inner_.load(name, range, stop);
    }
    std::optional<uint64_t> size(const std::string& name,
                                 const std::stop_token& stop) const override {
        step();
        return inner_.size(name, stop);
    }
    void list(const std::string& prefix, const Each& each,
              const std::stop_token& stop) const override {
        step();
        inner_.list(prefix, each, stop);
    }
    void remove(const std::string& name, const std::stop_token& stop) override {
        step();
        inner_.remove(name, stop);
    }
    uint64_t steps() const { return steps_; }

private:
    void step() const {
        if (++steps_ == at_) clock_.jump(by_);
    }
    sys::ManualClock& clock_;
    uint64_t at_;
    nanoseconds by_;
    mutable std::atomic<uint64_t> steps_ = 0;
};

TEST_P(Crash, aClockThatJumpsAtAnyOperationStopsNothing) {
    SmallWorld world;
    MemoryBackend backend;
    prepare(world, backend, GetParam().kind);
    const auto start = backend.files();
    for (const nanoseconds by : {nanoseconds(hours{3}), nanoseconds(-hours{3}),
                                 nanoseconds(minutes{23}), nanoseconds(hours{24 * 400})}) {
        for (uint64_t k = 1;; ++k) {
            SCOPED_TRACE(testing::Message() << by.count() << " at " << k);
            backend.set_files(start);
            JumpingBackend jumping(backend, world.clock, k, by);
            const Receipt receipt = run(world, jumping, GetParam().kind);
            const auto repository = world.open(backend);
            const auto snapshots = repository->snapshots({});
            const auto mine = std::find_if(
                snapshots.begin(), snapshots.end(),
                [&](const Snapshot& snapshot) { return snapshot.id == receipt.snapshot; });
            ASSERT_NE(mine, snapshots.end());
            EXPECT_EQ(read_back(*repository->read(*mine, {})), new_files);
            EXPECT_EQ(count(backend, "locks/"), 0u);
            if (jumping.steps() < k) break;
        }
    }
    expect_clean(world, backend);
}

INSTANTIATE_TEST_SUITE_P(
    Backups, Crash,
    testing::Values(Case{"first", Kind::first}, Case{"incremental", Kind::incremental},
                    Case{"with_checkpoint", Kind::with_checkpoint},
                    Case{"after_an_interruption", Kind::after_an_interruption}),
    [](const auto& instance) { return std::string(instance.param.name); });

// Lies: what no careful program can prevent, it must at least find and never pass on.

TEST(Lies, aPlaceThatKeepsOtherBytesThanItWasGivenIsFound) {
    SmallWorld world;
    for (const char* prefix : {"data/", "index/", "snapshots/"}) {
        MemoryBackend backend;
        back_up(*world.open(backend), old_files, nullptr, world.clock.now());
        FaultyBackend faulty(backend);
        faulty.inject({.kind = Fault::Kind::flipped_bit,
                       .operations = static_cast<uint32_t>(Operation::save),
                       .prefix = prefix});
        world.clock.advance(hours{1});
        try {
            back_up(*world.open(faulty), new_files, nullptr, world.clock.now());
        } catch (const Error&) {
        }
        const auto report = world.open(backend)->check({.read_data = true}, world.events, {});
        EXPECT_FALSE(report.damages.empty()) << prefix;
        const auto repository = world.open(backend);
        for (const Snapshot& snapshot : repository->snapshots({})) {
            const Contents& expected =
                snapshot.id == repository->snapshots({}).front().id ? old_files : new_files;
            try {
                EXPECT_EQ(read_back(*repository->read(snapshot, {})), expected) << prefix;
            } catch (const Corrupt&) {
            }
        }
        EXPECT_EQ(read_back(*repository->read(repository->snapshots({}).front(), {})), old_files);
    }
}

TEST(Lies, everyReadThatFailsOrIsShortOrFlippedGivesTheTruthOrAnError) {
    SmallWorld world;
    MemoryBackend backend;
    back_up(*world.open(backend), old_files, nullptr, world.clock.now());
    for (const auto kind : {Fault::Kind::temporary, Fault::Kind::short_read,
                            Fault::Kind::flipped_bit, Fault::Kind::missing}) {
        for (const uint64_t times : {uint64_t{1}, uint64_t{2}, UINT64_MAX}) {
            for (uint64_t k = 1;; ++k) {
                FaultyBackend faulty(backend);
                const auto repository = world.open(faulty);
                faulty.inject({.kind = kind,
                               .operations = static_cast<uint32_t>(Operation::load),
                               .first = k,
                               .count = times});
                try {
                    const auto snapshots = repository->snapshots({});
                    if (!snapshots.empty()) {
                        EXPECT_EQ(read_back(*repository->read(snapshots.back(), {})), old_files);
                    }
                } catch (const Error& honest) {
                    EXPECT_FALSE(honest.message().empty());
                }
                if (faulty.count(static_cast<uint32_t>(Operation::load)) < k) break;
            }
        }
    }
}

}  // namespace
}  // namespace lifeboat::repository
