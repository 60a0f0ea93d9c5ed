// The time, behind an interface: the real one, and one that tests set by hand.
#pragma once

#include "base/guarded.h"
#include "base/time.h"

#include <stop_token>

namespace lifeboat::sys {

// All functions may be called from any thread.
class Clock {
public:
    virtual ~Clock() = default;
    virtual TimePoint now() const = 0;
    // Nanoseconds since some fixed moment; never jumps. For durations and rates.
    virtual nanoseconds monotonic() const = 0;
    // False when `stop` was requested before the time was over.
    virtual bool sleep(nanoseconds duration, const std::stop_token& stop) = 0;
};

class SystemClock final : public Clock {
public:
    TimePoint now() const override;
    nanoseconds monotonic() const override;
    bool sleep(nanoseconds duration, const std::stop_token& stop) override;
};

// Stands still until told; sleep() moves it on and returns at once.
class ManualClock final : public Clock {
public:
    explicit ManualClock(TimePoint start) : state_(State{start, start.time_since_epoch()}) {}
    TimePoint now() const override;
    nanoseconds monotonic() const override;
    bool sleep(nanoseconds duration, const std::stop_token& stop) override;
    void advance(nanoseconds duration);
    // Moves only what now() tells, back or on: somebody set the clock, or the machine slept (the
    // monotonic clock of Linux stands still then).
    void jump(nanoseconds duration);

private:
    struct State {
        TimePoint now{};
        nanoseconds monotonic{};
    };
    Guarded<State> state_;
};

}  // namespace lifeboat::sys
