#include "sys/clock.h"

namespace lifeboat::sys {

TimePoint SystemClock::now() const {
    return std::chrono::time_point_cast<nanoseconds>(std::chrono::system_clock::now());
}

nanoseconds SystemClock::monotonic() const {
    return std::chrono::steady_clock::now().time_since_epoch();
}

bool SystemClock::sleep(nanoseconds duration, const std::stop_token& stop) {
    Guarded<bool> over{false};
    over.wait_for(duration, stop, [](bool is_over) { return is_over; });
    return !stop.stop_requested();
}

TimePoint ManualClock::now() const {
    return state_.with([](const State& state) { return state.now; });
}

nanoseconds ManualClock::monotonic() const {
    return state_.with([](const State& state) { return state.monotonic; });
}

bool ManualClock::sleep(nanoseconds duration, const std::stop_token& stop) {
    advance(duration);
    return !stop.stop_requested();
}

void ManualClock::advance(nanoseconds duration) {
    state_.with([&](State& state) {
        state.now += duration;
        state.monotonic += duration;
    });
}

void ManualClock::jump(nanoseconds duration) {
    state_.with([&](State& state) { state.now += duration; });
}

}  // namespace lifeboat::sys
