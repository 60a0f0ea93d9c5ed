// A value that several threads share, reachable only while its lock is held.
#pragma once

#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <utility>

namespace lifeboat {

template <class T>
class Guarded {
public:
    Guarded() = default;
    explicit Guarded(T value) : value_(std::move(value)) {}

    // Runs `use(value)` under the lock and returns what it returns (a value, never a reference into
    // it).
    template <class Use>
    auto with(Use&& use) {
        const std::lock_guard lock(mutex_);
        return std::forward<Use>(use)(value_);
    }
    template <class Use>
    auto with(Use&& use) const {
        const std::lock_guard lock(mutex_);
        return std::forward<Use>(use)(std::as_const(value_));
    }

    // Changes the value and wakes everyone who waits for it.
    template <class Use>
    auto update(Use&& use) {
        const Notifier wake{changed_};
        const std::lock_guard lock(mutex_);
        return std::forward<Use>(use)(value_);
    }

    // Waits until `ready(value)` holds, then runs `use(value)` under the same lock.
    // Returns false, without running `use`, when `stop` was requested first.
    template <class Ready, class Use>
    bool wait(const std::stop_token& stop, Ready ready, Use use) {
        std::unique_lock lock(mutex_);
        if (!changed_.wait(lock, stop, [&] { return ready(std::as_const(value_)); })) return false;
        use(value_);
        return true;
    }

    // Waits until `ready(value)` holds, `duration` is over or `stop` is requested; tells whether
    // `ready(value)` holds.
    template <class Duration, class Ready>
    bool wait_for(Duration duration, const std::stop_token& stop, Ready ready) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, stop, duration,
                                 [&] { return ready(std::as_const(value_)); });
    }

private:
    struct Notifier {
        std::condition_variable_any& changed;
        ~Notifier() { changed.notify_all(); }
    };

    mutable std::mutex mutex_;
    std::condition_variable_any changed_;
    T value_{};
};

}  // namespace lifeboat
