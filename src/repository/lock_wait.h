// Waits for a repository that somebody else uses, and says so.
#pragma once

#include "repository/lock_file.h"
#include "repository/store.h"

namespace lifeboat::repository {

// One thread. Ends its phase when it goes.
class LockWait {
public:
    explicit LockWait(const Store& store);
    ~LockWait();
    LockWait(const LockWait&) = delete;
    LockWait& operator=(const LockWait&) = delete;

    // Sleeps until it is worth another try. False when Options::lock_wait is over. Throws
    // Cancelled.
    bool again(const LockFile& holder, const std::stop_token& stop);

private:
    void tell(const LockFile& holder, nanoseconds waited);

    const Store& store_;
    nanoseconds start_;
    bool told_ = false;
};

}  // namespace lifeboat::repository
