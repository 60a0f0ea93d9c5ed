// Locks as restic takes them: a file that says who uses the repository and how.
#pragma once

#include "repository/store.h"

#include <memory>
#include <string>
#include <thread>

namespace lifeboat::repository {

enum class LockKind {
    shared,     // adds files: any number of these at once
    exclusive,  // may delete, or must not see changes: alone
};

struct LockFile {
    TimePoint time{};
    bool exclusive = false;
    std::string hostname{};
    std::string username{};
    uint64_t pid = 0;
    uint32_t uid = 0, gid = 0;
};

std::string encode_lock(const LockFile& lock);
LockFile decode_lock(std::string_view json);

// Held until it goes. A thread of its own writes it anew every five minutes; the caller asks
// ensure_held() before each write, because a machine that slept may have lost it.
class RepositoryLock {
public:
    // Own locks of programs that no longer run are removed first. Throws Locked, which names the
    // holder.
    RepositoryLock(Store& store, LockKind kind, const std::stop_token& stop);
    ~RepositoryLock();
    RepositoryLock(const RepositoryLock&) = delete;
    RepositoryLock& operator=(const RepositoryLock&) = delete;

    // Throws Locked when it may have been lost and cannot be proven to be ours.
    void ensure_held(const std::stop_token& stop);
    // Writes it anew when five minutes are over. The own thread calls this.
    void refresh_if_due(const std::stop_token& stop);

private:
    struct Held {
        LockId file{};
        TimePoint refreshed{};
    };

    void take(const std::stop_token& stop);
    LockId write(const std::stop_token& stop);
    void remove(const LockId& id) noexcept;
    // Throws Locked when another live lock forbids this one.
    void refuse_conflicts(const LockId* own, const std::stop_token& stop);
    std::optional<LockFile> load(const LockId& id, const std::stop_token& stop);
    bool is_own_dead(const LockFile& lock) const;
    [[noreturn]] void throw_locked(const LockFile& holder) const;
    void replace(Held& held, const std::stop_token& stop);

    Store& store_;
    LockKind kind_;
    Guarded<Held> held_;
    std::jthread refresher_;
};

}  // namespace lifeboat::repository
