// Tells the lock of a program that works from one that a dead program left behind.
#pragma once

#include "repository/lock_file.h"
#include "repository/store.h"
#include "sys/own_process.h"

#include <map>

namespace lifeboat::repository {

// Watches the same lock files over several looks: how long one stays is measured with the monotonic
// clock of this machine, since a living holder writes a new file every five minutes. One thread.
class LockJudge {
public:
    explicit LockJudge(const Store& store) : store_(store), self_(sys::own_identity()) {}

    // True when its holder cannot be alive. What is not known yet counts as alive; ask again.
    bool is_dead(const LockId& id, const LockFile& lock, const std::stop_token& stop);

private:
    // For how long its file must stay the same before it is the lock of a dead program.
    nanoseconds silence_needed(const LockFile& lock, storage::Occupied occupied) const;
    // Nothing when this machine's process table cannot tell.
    std::optional<bool> lives_here(const LockFile& lock) const;
    bool is_suspect(const LockFile& lock) const;

    const Store& store_;
    sys::ProcessIdentity self_;
    std::map<LockId, nanoseconds> first_seen_;
};

}  // namespace lifeboat::repository
