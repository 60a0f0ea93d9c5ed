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
    explicit ManualClock(TimePoint start) : now_(start) {}
    TimePoint now() const override;
    nanoseconds monotonic() const override;
    bool sleep(nanoseconds duration, const std::stop_token& stop) override;
    void advance(nanoseconds duration);

private:
    Guarded<TimePoint> now_;
};

}  // namespace lifeboat::sys
