// Who uses a repository now: its locks, for people.
#pragma once

#include "repository/lock.h"

namespace lifeboat::repository {

enum class Holder {
    this_program,  // this very process
    alive,         // another process of this machine
    gone,          // of this machine, and it runs no longer
    elsewhere,     // another machine: nobody here can tell
};

struct ListedLock {
    LockId id{};
    LockFile lock{};
    nanoseconds age{};  // since it was taken or refreshed; never below zero
    Holder holder = Holder::elsewhere;
    bool old = false;       // not refreshed for half an hour: restic calls such a lock stale
    std::string problem{};  // not empty: its file cannot be read, and the rest says nothing
};

// Oldest first. Takes no lock, changes nothing.
std::vector<ListedLock> list_locks(Repository& repository, const std::stop_token& stop);

}  // namespace lifeboat::repository
