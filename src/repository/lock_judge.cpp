#include "repository/lock_judge.h"

namespace lifeboat::repository {

namespace {

using std::chrono::minutes;
using std::chrono::seconds;

// The protocol: refreshed every 5 minutes; after 22.5 minutes without, the holder stops writing;
// after 30 minutes, restic calls it stale.
constexpr nanoseconds stale_time = minutes{30};
// One and a half refreshings: for locks that something else speaks against already.
constexpr nanoseconds suspect_silence = minutes{7} + seconds{30};
// The kernel's lock is taken a moment after the file is written; this is that moment, many times.
constexpr nanoseconds kernel_silence = seconds{10};
constexpr nanoseconds never = nanoseconds::max();
// Between the start of a process and its lock file, clocks that are set a little may lie.
constexpr nanoseconds clock_slack = seconds{10};

}  // namespace

bool LockJudge::is_dead(const LockId& id, const LockFile& lock, const std::stop_token& stop) {
    const nanoseconds now = store_.options().clock.monotonic();
    const nanoseconds watched = now - first_seen_.try_emplace(id, now).first->second;
    const auto occupied = store_.backend().occupied("locks/" + id.hex(), stop);
    if (occupied == storage::Occupied::yes) return false;
    return watched >= silence_needed(lock, occupied);
}

nanoseconds LockJudge::silence_needed(const LockFile& lock, storage::Occupied occupied) const {
    if (const auto lives = lives_here(lock)) return *lives ? never : nanoseconds{0};
    const bool same_kernel =
        lock.holder && !lock.holder->boot.empty() && lock.holder->boot == self_.boot;
    // In another container of this machine; the kernel would hold its lock if it lived.
    if (same_kernel && occupied == storage::Occupied::no) return kernel_silence;
    // Clocks of two machines may differ, so old by its own time is not enough; nor is a process
    // number that is not there, where two machines or containers share a name.
    const bool suspect = is_suspect(lock);
    const bool old = store_.options().clock.now() - lock.time > stale_time;
    if (suspect && old) return nanoseconds{0};
    return suspect || old ? suspect_silence : stale_time;
}

std::optional<bool> LockJudge::lives_here(const LockFile& lock) const {
    if (!lock.holder || lock.holder->boot.empty() || lock.holder->boot != self_.boot ||
        lock.holder->pid_namespace != self_.pid_namespace) {
        return std::nullopt;
    }
    if (!sys::process_exists(lock.pid)) return false;
    const auto started = sys::process_started(lock.pid);
    // Its number may have been given again to a program that knows nothing of the lock.
    return !started || *started == lock.holder->started;
}

bool LockJudge::is_suspect(const LockFile& lock) const {
    if (lock.hostname.empty() || lock.hostname != store_.options().hostname) return false;
    if (lock.holder && lock.holder->boot != self_.boot) return true;  // before a restart
    if (!sys::process_exists(lock.pid)) return true;
    const auto age = sys::process_age(lock.pid);
    return age && store_.options().clock.now() - *age > lock.time + clock_slack;
}

}  // namespace lifeboat::repository
