// Who may use the repository at once, who is believed to be dead, and what clocks may do meanwhile.
#include "repository/lock.h"

#include "base/error.h"
#include "repository/test_world.h"
#include "storage/faulty_backend.h"
#include "storage/forwarding_backend.h"
#include "storage/local_backend.h"
#include "storage/temporary_folder.h"
#include "sys/own_process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

namespace lifeboat::repository {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using storage::Fault;
using storage::FaultyBackend;
using storage::MemoryBackend;
using storage::Operation;
using testing::HasSubstr;
using testing_world::World;

constexpr uint64_t dead_pid = 0x7FFFFFF0;

struct LockTest : testing::Test {
    World world{};
    MemoryBackend backend{};
    Store store{backend, world.options, world.master, world.config, KeyId{}};
    LockFile lock{.time = world.clock.now(),
                  .exclusive = true,
                  .hostname = "here",
                  .username = "she",
                  .pid = dead_pid};

    std::vector<std::string> locks() {
        std::vector<std::string> names;
        backend.list("locks/", [&](const std::string& name, uint64_t) { names.push_back(name); },
                     {});
        return names;
    }
    LockId write(const LockFile& file) {
        return {store.save_document("locks/", encode_lock(file), {}).value};
    }
    // As this program on this machine writes it.
    LockFile own() {
        const sys::ProcessIdentity self = sys::own_identity();
        LockFile file = lock;
        file.pid = self.pid;
        file.holder = LockHolder{.since = lock.time,
                                 .boot = self.boot,
                                 .pid_namespace = self.pid_namespace,
                                 .started = self.started};
        return file;
    }
    // A store that waits; its options are a copy.
    Store& patient(nanoseconds lock_wait) {
        world.options.lock_wait = lock_wait;
        stores.push_back(
            std::make_unique<Store>(backend, world.options, world.master, world.config, KeyId{}));
        return *stores.back();
    }
    std::vector<std::unique_ptr<Store>> stores{};
    bool noted(const std::string& part) {
        for (const Event& event : world.events.seen()) {
            const auto* note = std::get_if<Noted>(&event);
            if (note != nullptr && note->text.find(part) != std::string::npos) return true;
        }
        return false;
    }
};

TEST_F(LockTest, sharedOnesStandTogetherExclusiveOnesAlone) {
    {
        const RepositoryLock one(store, LockKind::shared, {});
        const RepositoryLock two(store, LockKind::shared, {});
        EXPECT_EQ(locks().size(), 2u);
        EXPECT_THROW(RepositoryLock(store, LockKind::exclusive, {}), Locked);
        EXPECT_EQ(locks().size(), 2u);
    }
    EXPECT_TRUE(locks().empty());
    const RepositoryLock alone(store, LockKind::exclusive, {});
    EXPECT_THROW(RepositoryLock(store, LockKind::shared, {}), Locked);
}

TEST_F(LockTest, saysWhoHoldsItSinceWhenAndHow) {
    lock.hostname = "there";
    write(lock);
    try {
        const RepositoryLock mine(store, LockKind::shared, {});
        FAIL();
    } catch (const Locked& refusal) {
        EXPECT_THAT(refusal.message(), HasSubstr("she on there (process 2147483632) uses it alone; "
                                                 "its last sign of life is of 2026-09-21T"));
        EXPECT_THAT(refusal.guidance(), HasSubstr("--lock-wait"));
        EXPECT_THAT(refusal.guidance(), HasSubstr("restic unlock"));
    }
    LockFile ours = own();
    ours.exclusive = false;
    ours.holder->since = lock.time - hours{2};
    EXPECT_THAT(lock_sentence(ours), HasSubstr("adds to it since 2026-09-21T"));
    EXPECT_EQ(decode_lock(encode_lock(ours)).holder, ours.holder);
}

// Dead or alive by the process table of this machine.

TEST_F(LockTest, ofADeadProgramOfOursIsRemovedAtOnce) {
    LockFile file = own();
    file.pid = dead_pid;
    write(file);
    const nanoseconds before = world.clock.monotonic();
    const RepositoryLock mine(store, LockKind::exclusive, {});
    EXPECT_EQ(locks().size(), 1u);
    EXPECT_LT(world.clock.monotonic() - before, seconds{1});
    EXPECT_TRUE(noted("no longer runs: she on here"));
}

TEST_F(LockTest, aNumberThatWasGivenAgainIsNoSignOfLife) {
    LockFile file = own();
    file.holder->started -= 1;
    write(file);
    const RepositoryLock mine(store, LockKind::exclusive, {});
    EXPECT_EQ(locks().size(), 1u);
}

TEST_F(LockTest, ofALivingProgramOfOursHoldsHoweverOldItIs) {
    write(own());
    world.clock.advance(hours{100});
    EXPECT_THROW(RepositoryLock(patient(hours{2}), LockKind::shared, {}), Locked);
    EXPECT_EQ(locks().size(), 1u);
}

TEST_F(LockTest, ofAContainerWithThisMachinesNameIsNotDeadByItsNumber) {
    LockFile file = own();
    file.pid = dead_pid;
    file.holder->pid_namespace += 1;
    write(file);
    EXPECT_THROW(RepositoryLock(patient(minutes{7}), LockKind::shared, {}), Locked);
    EXPECT_EQ(locks().size(), 1u);
    // In memory there is no lock of the kernel to ask: only its silence tells.
    const RepositoryLock mine(patient(minutes{8}), LockKind::shared, {});
    EXPECT_EQ(locks().size(), 1u);
}

TEST_F(LockTest, ofResticOnThisMachineIsDeadWithItsProcessAndItsSilence) {
    write(lock);
    EXPECT_THROW(RepositoryLock(patient(minutes{7}), LockKind::shared, {}), Locked);
    Store& store_that_waits = patient(minutes{8});
    { const RepositoryLock mine(store_that_waits, LockKind::shared, {}); }
    EXPECT_TRUE(locks().empty());
    // restic's own rule: stale by time and by process.
    lock.time = world.clock.now() - minutes{31};
    write(lock);
    const RepositoryLock mine(store, LockKind::shared, {});
    EXPECT_EQ(locks().size(), 1u);
}

TEST_F(LockTest, ofARunBeforeARestartIsASuspect) {
    LockFile file = own();
    file.holder->boot = "another";
    write(file);
    EXPECT_THROW(RepositoryLock(patient(minutes{7}), LockKind::shared, {}), Locked);
    Store& store_that_waits = patient(minutes{8});
    const RepositoryLock mine(store_that_waits, LockKind::shared, {});
    EXPECT_EQ(locks().size(), 1u);
}

// Dead or alive by what can be seen from another machine.

TEST_F(LockTest, ofAnotherComputerIsTakenOverAfterItsSilence) {
    lock.hostname = "there";
    lock.time = world.clock.now() - minutes{31};
    write(lock);
    EXPECT_THROW(RepositoryLock(store, LockKind::shared, {}), Locked);
    EXPECT_THROW(RepositoryLock(patient(minutes{7}), LockKind::shared, {}), Locked);
    EXPECT_EQ(locks().size(), 1u);
    const nanoseconds before = world.clock.monotonic();
    Store& store_that_waits = patient(minutes{10});
    const RepositoryLock mine(store_that_waits, LockKind::shared, {});
    EXPECT_GE(world.clock.monotonic() - before, minutes{7} + seconds{30});
    EXPECT_EQ(locks().size(), 1u);
    EXPECT_TRUE(noted("no longer runs: she on there"));
    EXPECT_TRUE(noted("Waiting: memory is in use. she on there"));
}

TEST_F(LockTest, ofAnotherComputerWithAFreshTimeIsWatchedForHalfAnHour) {
    lock.hostname = "there";
    lock.time = world.clock.now() + hours{5};  // its clock is ahead
    write(lock);
    EXPECT_THROW(RepositoryLock(patient(minutes{29}), LockKind::shared, {}), Locked);
    EXPECT_EQ(locks().size(), 1u);
    Store& store_that_waits = patient(minutes{31});
    const RepositoryLock mine(store_that_waits, LockKind::shared, {});
    EXPECT_EQ(locks().size(), 1u);
}

// A clock that moves on tells somebody else, who acts as another computer then.
struct Busy final : sys::Clock {
    sys::ManualClock& inner;
    std::function<void()> meanwhile{};
    explicit Busy(sys::ManualClock& clock) : inner(clock) {}
    TimePoint now() const override { return inner.now(); }
    nanoseconds monotonic() const override { return inner.monotonic(); }
    bool sleep(nanoseconds duration, const std::stop_token& stop) override {
        inner.advance(duration);
        if (meanwhile) meanwhile();
        return !stop.stop_requested();
    }
};

TEST_F(LockTest, ofAnotherComputerThatRefreshesIsNeverTakenOver) {
    lock.hostname = "there";
    const TimePoint old = world.clock.now() - hours{1};  // its clock is an hour behind
    const nanoseconds start = world.clock.monotonic();
    lock.time = old;
    LockId file = write(lock);
    nanoseconds refreshed = start;
    Busy clock(world.clock);
    clock.meanwhile = [&] {
        if (clock.monotonic() - refreshed < minutes{5}) return;
        refreshed = clock.monotonic();
        lock.time = old + (refreshed - start);
        const LockId fresh = write(lock);
        backend.remove("locks/" + file.hex(), {});
        file = fresh;
    };
    const Options options{.clock = clock,
                          .random = world.random,
                          .hostname = "here",
                          .lock_wait = hours{3},
                          .events = &world.events};
    Store waiting(backend, options, world.master, world.config, KeyId{});
    EXPECT_THROW(RepositoryLock(waiting, LockKind::shared, {}), Locked);
    EXPECT_EQ(locks(), std::vector<std::string>{"locks/" + file.hex()});
    EXPECT_GE(clock.monotonic() - start, hours{3});
}

TEST_F(LockTest, isHadAsSoonAsTheOtherLetsGo) {
    lock.hostname = "there";
    const LockId file = write(lock);
    const nanoseconds start = world.clock.monotonic();
    Busy clock(world.clock);
    clock.meanwhile = [&] {
        if (clock.monotonic() - start > minutes{1}) backend.remove("locks/" + file.hex(), {});
    };
    const Options options{
        .clock = clock, .random = world.random, .lock_wait = minutes{5}, .events = &world.events};
    Store waiting(backend, options, world.master, world.config, KeyId{});
    const RepositoryLock mine(waiting, LockKind::exclusive, {});
    EXPECT_LT(clock.monotonic() - start, minutes{2});
    uint64_t progress = 0, started = 0, ended = 0;
    for (const Event& event : world.events.seen()) {
        if (const auto* p = std::get_if<Progress>(&event)) {
            ++progress;
            EXPECT_EQ(p->items_total, 300u);
            EXPECT_LE(p->items_done, p->items_total);
        }
        started += std::holds_alternative<PhaseStarted>(event) ? 1 : 0;
        ended += std::holds_alternative<PhaseEnded>(event) ? 1 : 0;
    }
    EXPECT_GE(progress, 5u);
    EXPECT_EQ(started, 1u);
    EXPECT_EQ(ended, 1u);
}

TEST_F(LockTest, aWaitEndsWhenItIsStopped) {
    lock.hostname = "there";
    write(lock);
    std::stop_source source;
    Busy clock(world.clock);
    clock.meanwhile = [&] { source.request_stop(); };
    const Options options{.clock = clock, .random = world.random, .lock_wait = hours{1}};
    Store waiting(backend, options, world.master, world.config, KeyId{});
    EXPECT_THROW(RepositoryLock(waiting, LockKind::shared, source.get_token()), Cancelled);
    EXPECT_EQ(locks().size(), 1u);
}

// A place that tells when files were written, and whose holders have a lock of the kernel.
class DatedBackend final : public storage::ForwardingBackend {
public:
    using ForwardingBackend::ForwardingBackend;
    std::optional<TimePoint> modified(const std::string& name,
                                      const std::stop_token&) const override {
        const auto found = dates.find(name);
        return found == dates.end() ? std::nullopt : std::optional(found->second);
    }
    storage::Occupied occupied(const std::string&, const std::stop_token&) const override {
        return occupied_by_somebody ? storage::Occupied::yes : storage::Occupied::no;
    }
    std::map<std::string, TimePoint> dates{};
    bool occupied_by_somebody = false;
};

struct UnreadableLock : LockTest {
    DatedBackend dated{backend};
    const std::string name = "locks/" + std::string(64, 'b');

    // How long it took; nothing when it was refused.
    std::optional<nanoseconds> take(LockKind kind) {
        Store own(dated, world.options, world.master, world.config, KeyId{});
        const TimePoint before = world.clock.now();
        try {
            const RepositoryLock mine(own, kind, {});
            return world.clock.now() - before;
        } catch (const Locked& refusal) {
            EXPECT_THAT(refusal.message(), HasSubstr(name));
            EXPECT_THAT(refusal.guidance(), HasSubstr("lifeboat place locks"));
            EXPECT_EQ(world.clock.now() - before, seconds{35});
            return std::nullopt;
        }
    }
};

TEST_F(UnreadableLock, thatIsEmptyIsIgnored) {
    backend.save(name, {}, {});
    EXPECT_EQ(take(LockKind::exclusive), std::chrono::milliseconds{200});
}

TEST_F(UnreadableLock, stopsAfterRetries) {
    backend.save(name, to_bytes("no lock"), {});
    for (const LockKind kind : {LockKind::shared, LockKind::exclusive}) {
        EXPECT_FALSE(take(kind)) << "of unknown age";
        dated.dates[name] = world.clock.now() - minutes{29};
        EXPECT_FALSE(take(kind)) << "too young";
        dated.dates.clear();
    }
    EXPECT_THAT(locks(), testing::ElementsAre(name)) << "and no lock of ours is left";
}

TEST_F(UnreadableLock, thatNobodyWroteForHalfAnHourIsRemovedAfterTheRetries) {
    const std::string second = "locks/" + std::string(64, 'c');
    for (const std::string& one : {name, second}) {
        backend.save(one, to_bytes("no lock"), {});
        dated.dates[one] = world.clock.now() - minutes{31};
    }
    const auto waited = take(LockKind::exclusive);
    ASSERT_TRUE(waited);
    // Once for both, not for each.
    EXPECT_EQ(*waited, seconds{35} + std::chrono::milliseconds{200});
    EXPECT_THAT(locks(), testing::IsEmpty());
}

TEST_F(UnreadableLock, whoseWriterLivesIsNeverRemoved) {
    backend.save(name, to_bytes("no lock"), {});
    dated.dates[name] = world.clock.now() - hours{5};
    dated.occupied_by_somebody = true;
    EXPECT_FALSE(take(LockKind::shared));
    EXPECT_TRUE(backend.size(name, {}));
}

TEST_F(UnreadableLock, isToldBeforeTheWait) {
    class FirstNote final : public EventSink {
    public:
        explicit FirstNote(sys::Clock& clock) : clock_(clock) {}
        void on(const Event& event) noexcept override {
            const auto* note = std::get_if<Noted>(&event);
            if (note == nullptr || at.time_since_epoch().count() != 0) return;
            at = clock_.now();
            text = note->text;
        }
        TimePoint at{};
        std::string text{};

    private:
        sys::Clock& clock_;
    } first(world.clock);
    world.options.events = &first;
    backend.save(name, to_bytes("no lock"), {});
    const TimePoint before = world.clock.now();
    EXPECT_FALSE(take(LockKind::shared));
    EXPECT_LE(first.at - before, seconds{2});
    EXPECT_THAT(first.text, HasSubstr(name));
    EXPECT_THAT(first.text, HasSubstr("place locks"));
}

TEST_F(UnreadableLock, isReadAgainAndThenCounts) {
    write(own());
    FaultyBackend faulty(backend);
    // Twice in a row: each reading tries again once by itself.
    faulty.inject({.kind = Fault::Kind::flipped_bit,
                   .operations = static_cast<uint32_t>(Operation::load),
                   .prefix = "locks/",
                   .count = 2});
    Store own_store(faulty, world.options, world.master, world.config, KeyId{});
    const TimePoint before = world.clock.now();
    try {
        const RepositoryLock mine(own_store, LockKind::exclusive, {});
        ADD_FAILURE() << "somebody holds it";
    } catch (const Locked& refusal) {
        EXPECT_THAT(refusal.message(), HasSubstr("she on here"));
    }
    EXPECT_EQ(world.clock.now() - before, seconds{5});
}

// The lock that is ours.

TEST_F(LockTest, isWrittenAnewEveryFiveMinutes) {
    RepositoryLock mine(store, LockKind::shared, {});
    const auto first = locks();
    mine.refresh_if_due({});
    EXPECT_EQ(locks(), first);
    world.clock.advance(minutes{6});
    mine.refresh_if_due({});
    EXPECT_EQ(locks().size(), 1u);
    EXPECT_NE(locks(), first);
}

TEST_F(LockTest, isWrittenAnewWhenTheClockIsSetBack) {
    RepositoryLock mine(store, LockKind::shared, {});
    const auto first = locks();
    world.clock.jump(-hours{3});
    mine.refresh_if_due({});
    ASSERT_EQ(locks().size(), 1u);
    EXPECT_NE(locks(), first);
    const auto id = LockId::parse(locks().front().substr(6));
    EXPECT_EQ(decode_lock(store.load_document("locks/", {id->value}, {})).time, world.clock.now());
    // And by the other clock it is still refreshed in time.
    const auto second = locks();
    world.clock.advance(minutes{6});
    mine.refresh_if_due({});
    EXPECT_NE(locks(), second);
}

TEST_F(LockTest, afterALongSleepItMustBeProven) {
    RepositoryLock mine(store, LockKind::shared, {});
    for (const bool suspended : {false, true}) {
        const auto before = locks();
        // A machine that sleeps: the monotonic clock stands still, the other one goes on.
        if (suspended) world.clock.jump(minutes{40});
        if (!suspended) world.clock.advance(minutes{40});
        mine.refresh_if_due({});
        EXPECT_EQ(locks(), before) << "only a writer's thread may decide then";
        mine.ensure_held({});  // its file is still there
        ASSERT_EQ(locks().size(), 1u);
        EXPECT_NE(locks(), before);
    }
    world.clock.jump(minutes{40});
    backend.remove(locks().front(), {});  // somebody unlocked
    EXPECT_THROW(mine.ensure_held({}), Locked);
}

TEST_F(LockTest, aClockThatWasSetBackDoesNotMakeItYoung) {
    RepositoryLock mine(store, LockKind::shared, {});
    world.clock.advance(minutes{40});
    world.clock.jump(-minutes{40});
    backend.remove(locks().front(), {});
    EXPECT_THROW(mine.ensure_held({}), Locked);
}

TEST_F(LockTest, writersThatFindAnExclusiveLockAfterASleepStop) {
    RepositoryLock mine(store, LockKind::shared, {});
    world.clock.advance(minutes{40});
    lock.hostname = "there";
    lock.time = world.clock.now();
    write(lock);
    EXPECT_THROW(mine.ensure_held({}), Locked);
}

TEST_F(LockTest, thatSomebodyRemovedLetsNothingCountAnyMore) {
    RepositoryLock mine(store, LockKind::shared, {});
    EXPECT_NO_THROW(mine.prove_held({}));
    backend.remove(locks().front(), {});
    EXPECT_NO_THROW(mine.ensure_held({})) << "it does not ask the place each time";
    EXPECT_THROW(mine.prove_held({}), Locked);
}

TEST_F(LockTest, thatCouldNotBeRemovedDoesNotBlockUsLater) {
    FaultyBackend faulty(backend);
    Store shaky(faulty, world.options, world.master, world.config, KeyId{});
    faulty.inject({.operations = static_cast<uint32_t>(Operation::remove)});
    { const RepositoryLock mine(shaky, LockKind::shared, {}); }
    EXPECT_EQ(locks().size(), 1u);
    const RepositoryLock alone(shaky, LockKind::exclusive, {});
    EXPECT_EQ(locks().size(), 1u);
}

TEST_F(LockTest, readersGoWithoutWhereNothingCanBeWritten) {
    for (const auto kind : {Fault::Kind::no_space, Fault::Kind::denied}) {
        FaultyBackend faulty(backend);
        Store full(faulty, world.options, world.master, world.config, KeyId{});
        faulty.inject({.kind = kind,
                       .operations = static_cast<uint32_t>(Operation::save),
                       .count = UINT64_MAX});
        EXPECT_THROW(RepositoryLock(full, LockKind::exclusive, {}), Error);
        RepositoryLock mine(full, LockKind::exclusive, {}, WhenUnwritable::go_without);
        EXPECT_TRUE(locks().empty());
        EXPECT_TRUE(noted("Reading goes on without one"));
        world.clock.advance(hours{1});
        EXPECT_NO_THROW(mine.ensure_held({}));
        EXPECT_NO_THROW(mine.prove_held({}));
        EXPECT_NO_THROW(mine.refresh_if_due({}));
    }
    // But a lock of somebody else that is there is respected.
    write(own());
    FaultyBackend faulty(backend);
    Store full(faulty, world.options, world.master, world.config, KeyId{});
    faulty.limit_bytes(0);
    EXPECT_THROW(RepositoryLock(full, LockKind::shared, {}, WhenUnwritable::go_without), Locked);
}

// With real processes, in a folder.

struct LocalLockTest : testing::Test {
    World world{};
    storage::TemporaryFolder folder{};
    storage::LocalBackend backend{folder.path().string(), world.random};
    Store store{backend, world.options, world.master, world.config, KeyId{}};

    LockFile only_lock() {
        const auto ids = list_ids<LockId>(backend, "locks/", {});
        if (ids.size() != 1) return {};
        return decode_lock(store.load_document("locks/", {ids[0].value}, {}));
    }
    // A process that takes the lock and then stands still.
    pid_t start_holder(LockKind kind) {
        std::array<int, 2> ready{};
        if (::pipe(ready.data()) != 0) return -1;
        const pid_t child = ::fork();
        if (child == 0) {
            const RepositoryLock lock(store, kind, {});
            if (::write(ready[1], "x", 1) == 1) ::pause();
            ::_exit(1);
        }
        char signal = 0;
        EXPECT_EQ(::read(ready[0], &signal, 1), 1);
        ::close(ready[0]);
        ::close(ready[1]);
        return child;
    }
    static void kill_it(pid_t child) {
        ::kill(child, SIGKILL);
        ::waitpid(child, nullptr, 0);
    }
};

TEST_F(LocalLockTest, ofAKilledProcessIsTakenOverAtOnce) {
    const pid_t child = start_holder(LockKind::exclusive);
    EXPECT_THROW(RepositoryLock(store, LockKind::shared, {}), Locked);
    world.clock.advance(hours{10});
    EXPECT_THROW(RepositoryLock(store, LockKind::shared, {}), Locked) << "it lives";
    kill_it(child);
    const RepositoryLock mine(store, LockKind::exclusive, {});
    EXPECT_EQ(only_lock().pid, sys::own_process().pid);
}

TEST_F(LocalLockTest, theKernelSpeaksForAProcessInAnotherContainer) {
    LockFile file{.time = world.clock.now(),
                  .exclusive = true,
                  .hostname = "here",
                  .pid = dead_pid,
                  .holder = LockHolder{.boot = sys::own_identity().boot,
                                       .pid_namespace = sys::own_identity().pid_namespace + 1}};
    const LockId id{store.save_document("locks/", encode_lock(file), {}).value};
    auto presence = backend.occupy("locks/" + id.hex(), {});
    ASSERT_NE(presence, nullptr);
    world.options.lock_wait = hours{2};
    Store waiting(backend, world.options, world.master, world.config, KeyId{});
    EXPECT_THROW(RepositoryLock(waiting, LockKind::shared, {}), Locked);
    presence.reset();
    const nanoseconds before = world.clock.monotonic();
    const RepositoryLock mine(waiting, LockKind::shared, {});
    EXPECT_LT(world.clock.monotonic() - before, minutes{1});
    EXPECT_EQ(only_lock().pid, sys::own_process().pid);
}

TEST_F(LocalLockTest, ourOwnIsMarkedInTheKernelAlsoWhenItIsRefreshed) {
    RepositoryLock mine(store, LockKind::shared, {});
    for (int round = 0; round < 2; ++round) {
        const auto ids = list_ids<LockId>(backend, "locks/", {});
        ASSERT_EQ(ids.size(), 1u);
        EXPECT_EQ(backend.occupied("locks/" + ids[0].hex(), {}), storage::Occupied::yes);
        world.clock.advance(minutes{6});
        mine.refresh_if_due({});
    }
}

}  // namespace
}  // namespace lifeboat::repository
