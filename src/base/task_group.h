// Threads that belong together: the first failure stops the others and comes out of join().
#pragma once

#include "base/guarded.h"

#include <exception>
#include <functional>
#include <stop_token>
#include <thread>
#include <vector>

namespace lifeboat {

// One thread makes the group, runs work in it and joins it. The work sees `stop()`, which is
// requested by the first failure or by the token given to the constructor; in the latter case
// join() throws Cancelled. A group that goes without join() stops and waits for its threads and
// drops their failures.
class TaskGroup {
public:
    using Work = std::function<void(const std::stop_token&)>;

    explicit TaskGroup(const std::stop_token& outside);
    ~TaskGroup();
    TaskGroup(const TaskGroup&) = delete;
    TaskGroup& operator=(const TaskGroup&) = delete;

    void run(Work work);
    void join();
    std::stop_token stop() const { return source_.get_token(); }
    void request_stop() { source_.request_stop(); }
    // Throws the first failure, if there is one; any thread, also while others still run.
    void rethrow_failure() const;
    bool failed() const {
        return first_.with([](const std::exception_ptr& e) { return e != nullptr; });
    }

private:
    struct Forward {
        std::stop_source& source;
        void operator()() const { source.request_stop(); }
    };

    std::stop_token outside_;
    std::stop_source source_;
    Guarded<std::exception_ptr> first_;
    std::stop_callback<Forward> forward_;
    std::vector<std::jthread> threads_;
};

}  // namespace lifeboat
