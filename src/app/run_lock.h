// One writing run at a time on this machine: the second is told who holds it, instead of waiting.
#pragma once

#include <string>

namespace lifeboat::app {

// Held until it goes, or the process ends in any way. Throws repository::Locked naming the holder.
class RunLock {
public:
    // `about` says what runs, for the one who finds it locked: "backup".
    RunLock(const std::string& state_folder, const std::string& about);
    ~RunLock();
    RunLock(const RunLock&) = delete;
    RunLock& operator=(const RunLock&) = delete;

private:
    int fd_ = -1;
};

}  // namespace lifeboat::app
