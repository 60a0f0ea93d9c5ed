#include "repository/lock.h"

#include "base/error.h"
#include "repository/lock_wait.h"

#include <fmt/format.h>

#include <array>

namespace lifeboat::repository {

namespace {

using std::chrono::minutes;
using std::chrono::seconds;
// restic's numbers, all of them: what another program believes of our lock rests on them.
constexpr nanoseconds settle_time = std::chrono::milliseconds{200};
constexpr nanoseconds refresh_interval = minutes{5};
constexpr nanoseconds trust_time = minutes{22} + seconds{30};
constexpr std::array<nanoseconds, 3> unreadable_waits{seconds{5}, seconds{10}, seconds{20}};
// After half an hour without being written anew, restic calls a lock stale.
constexpr nanoseconds stale_time = minutes{30};
// How often the own thread looks whether it is due: a machine that wakes up refreshes soon.
constexpr nanoseconds tick = seconds{5};

}  // namespace

RepositoryLock::RepositoryLock(Store& store, LockKind kind, const std::stop_token& stop,
                               WhenUnwritable when_unwritable)
    : store_(store),
      kind_(kind),
      when_unwritable_(when_unwritable),
      self_(sys::own_identity()),
      since_(store.options().clock.now()) {
    sys::survive_hangup();
    take(stop);
    refresher_ = std::jthread([this](const std::stop_token& own_stop) {
        // Real time, whatever clock the store uses: whether it is due is asked of that one.
        sys::SystemClock real;
        while (real.sleep(tick, own_stop)) {
            try {
                refresh_if_due(own_stop);
            } catch (const std::exception& failure) {
                // Tried again at the next tick; ensure_held() stops the writers in time.
                store_.note(Severity::debug, fmt::format("refresh lock: {}", failure.what()));
            }
        }
    });
}

RepositoryLock::~RepositoryLock() {
    refresher_.request_stop();
    if (refresher_.joinable()) refresher_.join();
    held_.with([&](Held& held) {
        held.presence.reset();
        if (held.file) remove(*held.file);
    });
}

void RepositoryLock::take(const std::stop_token& stop) {
    // What could not be removed when it was given up must not stand in our own way.
    for (const LockId& id : store_.take_abandoned_locks()) remove(id);
    LockJudge judge(store_);
    LockWait wait(store_);
    try {
        while (const auto holder = try_once(judge, stop)) {
            if (!wait.again(*holder, stop)) throw_locked(*holder);
        }
    } catch (const NoSpace& refusal) {
        if (when_unwritable_ == WhenUnwritable::fail) throw;
        go_without(refusal);
    } catch (const Denied& refusal) {
        if (when_unwritable_ == WhenUnwritable::fail) throw;
        go_without(refusal);
    }
}

std::optional<LockFile> RepositoryLock::try_once(LockJudge& judge, const std::stop_token& stop) {
    if (auto holder = find_conflict(judge, nullptr, stop)) return holder;
    const LockId own = write(stop);
    try {
        if (!store_.options().clock.sleep(settle_time, stop)) throw Cancelled{};
        if (auto holder = find_conflict(judge, &own, stop)) {
            remove(own);
            return holder;
        }
        held_.with([&](Held& held) { hold(held, own, stop); });
    } catch (...) {
        remove(own);
        throw;
    }
    return std::nullopt;
}

void RepositoryLock::go_without(const Error& refusal) {
    store_.note(
        Severity::warning,
        fmt::format("No lock could be written ({}). Reading goes on without one: if another "
                    "program tidies up there meanwhile, what it deletes looks damaged.",
                    refusal.message()));
}

void RepositoryLock::hold(Held& held, const LockId& file, const std::stop_token& stop) {
    const sys::Clock& clock = store_.options().clock;
    held.file = file;
    held.refreshed = clock.now();
    held.refreshed_monotonic = clock.monotonic();
    held.presence = store_.backend().occupy("locks/" + file.hex(), stop);
}

LockId RepositoryLock::write(const std::stop_token& stop) {
    const sys::OwnProcess self = sys::own_process();
    const Options& options = store_.options();
    const LockFile lock{.time = options.clock.now(),
                        .exclusive = kind_ == LockKind::exclusive,
                        .hostname = options.hostname,
                        .username = options.username,
                        .pid = self.pid,
                        .uid = self.uid,
                        .gid = self.gid,
                        .holder = LockHolder{.since = since_,
                                             .boot = self_.boot,
                                             .pid_namespace = self_.pid_namespace,
                                             .started = self_.started}};
    return {store_.save_document("locks/", encode_lock(lock), stop).value};
}

void RepositoryLock::remove(const LockId& id) noexcept {
    try {
        store_.backend().remove("locks/" + id.hex(), {});
    } catch (const std::exception& failure) {
        // The next lock of this program removes it, or the next run, which sees that we are gone.
        store_.abandon_lock(id);
        store_.note(Severity::warning, fmt::format("remove lock: {}", failure.what()));
    }
}

RepositoryLock::Loaded RepositoryLock::load(const LockId& id, const std::stop_token& stop) const {
    try {
        const auto size = store_.backend().size("locks/" + id.hex(), stop);
        if (!size || *size == 0) return {};
        return {.lock = decode_lock(store_.load_document("locks/", {id.value}, stop))};
    } catch (const Missing&) {
        return {};
    } catch (const Corrupt& damage) {
        return {.problem = damage.message()};
    }
}

std::optional<LockFile> RepositoryLock::find_conflict(LockJudge& judge, const LockId* own,
                                                      const std::stop_token& stop) {
    std::optional<LockFile> conflict;
    auto ids = list_ids<LockId>(store_.backend(), "locks/", stop);
    if (own != nullptr) std::erase(ids, *own);
    for (size_t round = 0; !ids.empty(); ++round) {
        std::vector<LockId> unreadable;
        std::string problem;
        for (const LockId& id : ids) {
            const Loaded loaded = load(id, stop);
            if (!loaded.problem.empty()) {
                unreadable.push_back(id);
                problem = loaded.problem;
            }
            if (!loaded.lock) continue;
            // All are judged, also behind a conflict: each must be watched from the first look on.
            if (judge.is_dead(id, *loaded.lock, stop)) {
                take_over(id, *loaded.lock);
            } else if (!conflict && (loaded.lock->exclusive || kind_ == LockKind::exclusive)) {
                conflict = loaded.lock;
            }
        }
        if (unreadable.empty() || conflict) break;
        if (round == unreadable_waits.size()) {
            settle_unreadable(unreadable, problem, stop);
            break;
        }
        // Perhaps they are just being written by a place that is not all or nothing.
        wait_for_unreadable(round, unreadable, stop);
        ids = std::move(unreadable);
    }
    return conflict;
}

void RepositoryLock::wait_for_unreadable(size_t round, const std::vector<LockId>& ids,
                                         const std::stop_token& stop) const {
    if (round == 0) {
        store_.note(Severity::warning,
                    fmt::format("Waiting up to 35 s: {}/locks/{} cannot be read. Perhaps it is "
                                "being written just now; it is read again. `lifeboat place locks` "
                                "shows all locks.",
                                store_.backend().where(), ids.front().hex()));
    }
    if (!store_.options().clock.sleep(unreadable_waits[round], stop)) throw Cancelled{};
}

// Whoever lives writes his lock anew every five minutes: a file that nobody can read and nobody has
// replaced for as long as a lock may be silent holds nothing.
void RepositoryLock::settle_unreadable(const std::vector<LockId>& ids, const std::string& problem,
                                       const std::stop_token& stop) {
    for (const LockId& id : ids) {
        const std::string name = "locks/" + id.hex();
        const auto written = store_.backend().modified(name, stop);
        const bool old = written && store_.options().clock.now() - *written > stale_time;
        if (!old || store_.backend().occupied(name, stop) == storage::Occupied::yes) {
            throw Locked(
                fmt::format("The lock {}/{} cannot be read, so nobody can tell whether the "
                            "repository is in use: {}",
                            store_.backend().where(), name, problem),
                "Nothing was changed. Let other programs that use this place end, then try again. "
                "A file that nobody has written for half an hour is put out of the way by itself; "
                "when you are certain that nobody uses the place, delete that file. `lifeboat "
                "place locks` shows all locks.");
        }
        store_.note(Severity::warning,
                    fmt::format("Removed a lock that nobody can read and nobody has written anew "
                                "for half an hour: {}",
                                name));
        remove(id);
    }
}

void RepositoryLock::take_over(const LockId& id, const LockFile& lock) {
    store_.note(Severity::info, fmt::format("Removed the lock of a program that no longer runs: {}",
                                            lock_sentence(lock)));
    remove(id);
}

void RepositoryLock::throw_locked(const LockFile& holder) const {
    throw Locked(
        fmt::format("The repository is in use: {}", lock_sentence(holder)),
        "Nothing was changed. Wait until that program has finished, or let this one wait for it "
        "(--lock-wait). The lock of a program that was cut off is taken over by itself, after at "
        "most 30 minutes of waiting; `restic unlock` removes it at once.");
}

nanoseconds RepositoryLock::age(const Held& held) const {
    const sys::Clock& clock = store_.options().clock;
    return std::max(clock.now() - held.refreshed, clock.monotonic() - held.refreshed_monotonic);
}

void RepositoryLock::replace(Held& held, const std::stop_token& stop) {
    const LockId old = *held.file;
    hold(held, write(stop), stop);
    if (old != *held.file) remove(old);
}

void RepositoryLock::refresh_if_due(const std::stop_token& stop) {
    held_.with([&](Held& held) {
        if (!held.file) return;
        // A clock that was set back makes our lock one of the future: others must see a true time.
        const bool set_back =
            store_.options().clock.now() < held.refreshed - std::chrono::minutes{1};
        const nanoseconds old = age(held);
        // Once it is too old, only ensure_held() may decide.
        if (old < trust_time && (old >= refresh_interval || set_back)) replace(held, stop);
    });
}

void RepositoryLock::require_file(const Held& held, const std::stop_token& stop) const {
    if (store_.backend().size("locks/" + held.file->hex(), stop)) return;
    throw Locked("The lock on the repository was removed by somebody while it was in use",
                 "Finished packs are kept and reused. Start the same command again.");
}

void RepositoryLock::ensure_held(const std::stop_token& stop) {
    held_.with([&](Held& held) {
        if (!held.file || age(held) < trust_time) return;
        require_file(held, stop);
        replace(held, stop);
        if (!store_.options().clock.sleep(settle_time, stop)) throw Cancelled{};
        LockJudge judge(store_);
        if (const auto holder = find_conflict(judge, &*held.file, stop)) throw_locked(*holder);
    });
}

void RepositoryLock::prove_held(const std::stop_token& stop) {
    ensure_held(stop);
    held_.with([&](const Held& held) {
        if (held.file) require_file(held, stop);
    });
}

}  // namespace lifeboat::repository
