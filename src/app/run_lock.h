// One writing run at a time on this machine: the second waits, and is told for whom.
#pragma once

#include "app/wiring.h"

#include <stop_token>
#include <string>

namespace lifeboat::app {

// For how long it may be waited, and who hears of it.
struct RunLockWait {
    std::string state_folder{};
    sys::Clock& clock;
    EventSink& events;
    nanoseconds patience{};
};
// As long as the setting repository.lock_wait says, as for a place that others use.
RunLockWait run_lock_wait(World& world);

// Held until it goes, or the process ends in any way.
class RunLock {
public:
    // `about` says what runs, for the one who finds it locked: "backup". Throws repository::Locked
    // naming the holder when the patience is over, Cancelled.
    RunLock(const RunLockWait& how, const std::string& about, const std::stop_token& stop);
    ~RunLock();
    RunLock(const RunLock&) = delete;
    RunLock& operator=(const RunLock&) = delete;

private:
    void wait(const RunLockWait& how, const std::string& path, const std::stop_token& stop);
    bool try_once() const;

    int fd_ = -1;
};

}  // namespace lifeboat::app
