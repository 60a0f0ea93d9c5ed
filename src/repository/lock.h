// Locks as restic takes them: a file that says who uses the repository and how.
#pragma once

#include "repository/lock_judge.h"

#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace lifeboat::repository {

enum class LockKind {
    shared,     // adds files: any number of these at once
    exclusive,  // may delete, or must not see changes: alone
};

// What to do where no lock can be written: the place is full, or can only be read.
enum class WhenUnwritable {
    fail,
    go_without,  // for those who only read: said in a note
};

// Held until it goes. A thread of its own writes it anew every five minutes; the caller asks
// ensure_held() before each write, because a machine that slept may have lost it.
class RepositoryLock {
public:
    // Locks of programs that no longer run are removed first; those of others are waited for as
    // long as Options::lock_wait says. Throws Locked, which names the holder.
    RepositoryLock(Store& store, LockKind kind, const std::stop_token& stop,
                   WhenUnwritable when_unwritable = WhenUnwritable::fail);
    ~RepositoryLock();
    RepositoryLock(const RepositoryLock&) = delete;
    RepositoryLock& operator=(const RepositoryLock&) = delete;

    // Throws Locked when it may have been lost and cannot be proven to be ours.
    void ensure_held(const std::stop_token& stop);
    // The same, and looks whether its file is still there: before what makes stored bytes count.
    void prove_held(const std::stop_token& stop);
    // Writes it anew when five minutes are over. The own thread calls this.
    void refresh_if_due(const std::stop_token& stop);

private:
    struct Held {
        std::optional<LockId> file{};  // nothing: it goes without
        TimePoint refreshed{};
        nanoseconds refreshed_monotonic{};
        std::unique_ptr<storage::Presence> presence{};
    };

    void take(const std::stop_token& stop);
    // Writes the lock unless another forbids it; that other one then. Nothing is left of a try that
    // failed.
    std::optional<LockFile> try_once(LockJudge& judge, const std::stop_token& stop);
    void hold(Held& held, const LockId& file, const std::stop_token& stop);
    LockId write(const std::stop_token& stop);
    void remove(const LockId& id) noexcept;
    // A live lock of somebody else that forbids this one. Removes those of the dead.
    std::optional<LockFile> find_conflict(LockJudge& judge, const LockId* own,
                                          const std::stop_token& stop);
    void take_over(const LockId& id, const LockFile& lock);
    struct Loaded {
        std::optional<LockFile> lock{};  // nothing: it is gone, or empty
        std::string problem{};           // not empty: it cannot be read
    };
    Loaded load(const LockId& id, const std::stop_token& stop) const;
    void wait_for_unreadable(size_t round, const std::vector<LockId>& ids,
                             const std::stop_token& stop) const;
    void settle_unreadable(const std::vector<LockId>& ids, const std::string& problem,
                           const std::stop_token& stop);
    [[noreturn]] void throw_locked(const LockFile& holder) const;
    void go_without(const Error& refusal);
    // The longer of the times on the two clocks since it was refreshed; a clock that was set back
    // is no time.
    nanoseconds age(const Held& held) const;
    void require_file(const Held& held, const std::stop_token& stop) const;
    void replace(Held& held, const std::stop_token& stop);

    Store& store_;
    LockKind kind_;
    WhenUnwritable when_unwritable_;
    sys::ProcessIdentity self_;
    TimePoint since_{};
    Guarded<Held> held_;
    std::jthread refresher_;
};

}  // namespace lifeboat::repository
