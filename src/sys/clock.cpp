#include "sys/clock.h"

namespace lifeboat::sys {

TimePoint SystemClock::now() const {
    return std::chrono::time_point_cast<nanoseconds>(std::chrono::system_clock::now());
}

nanoseconds SystemClock::monotonic() const {
    return std::chrono::steady_clock::now().time_since_epoch();
}

bool SystemClock::sleep(nanoseconds duration, const std::stop_token& stop) {
    std::mutex mutex;
    std::unique_lock lock(mutex);
    std::condition_variable_any never;
    never.wait_for(lock, stop, duration, [] { return false; });
    return !stop.stop_requested();
}

TimePoint ManualClock::now() const {
    return now_.with([](TimePoint now) { return now; });
}

nanoseconds ManualClock::monotonic() const {
    return now().time_since_epoch();
}

bool ManualClock::sleep(nanoseconds duration, const std::stop_token& stop) {
    advance(duration);
    return !stop.stop_requested();
}

void ManualClock::advance(nanoseconds duration) {
    now_.with([&](TimePoint& now) { now += duration; });
}

}  // namespace lifeboat::sys
