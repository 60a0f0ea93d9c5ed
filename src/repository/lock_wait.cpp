#include "repository/lock_wait.h"

#include <fmt/format.h>

#include <algorithm>

namespace lifeboat::repository {

namespace {

constexpr const char* phase = "wait";
// Soon at first, for the many short uses; rarely later: each look lists and reads the locks.
constexpr nanoseconds shortest_pause = std::chrono::milliseconds{500};
constexpr nanoseconds longest_pause = std::chrono::seconds{10};

}  // namespace

LockWait::LockWait(const Store& store) : store_(store), start_(store.options().clock.monotonic()) {}

LockWait::~LockWait() {
    EventSink* events = store_.options().events;
    if (told_ && events != nullptr) events->on(PhaseEnded{phase, store_.backend().where()});
}

void LockWait::tell(const LockFile& holder, nanoseconds waited) {
    EventSink* events = store_.options().events;
    if (events == nullptr) return;
    const std::string where = store_.backend().where();
    if (!told_) {
        // A warning, so that it is seen: a person must not wonder why nothing goes on.
        events->on(Noted{Severity::warning,
                         fmt::format("Waiting: {} is in use. {}", where, lock_sentence(holder))});
        events->on(PhaseStarted{phase, where});
    }
    told_ = true;
    const auto seconds_of = [](nanoseconds time) {
        return static_cast<uint64_t>(std::chrono::floor<std::chrono::seconds>(time).count());
    };
    // Items are the seconds of the patience there is.
    events->on(Progress{.phase = phase,
                        .place = where,
                        .items_done = seconds_of(waited),
                        .items_total = seconds_of(store_.options().lock_wait)});
}

bool LockWait::again(const LockFile& holder, const std::stop_token& stop) {
    const Options& options = store_.options();
    const nanoseconds waited = options.clock.monotonic() - start_;
    const nanoseconds left = options.lock_wait - waited;
    if (left <= nanoseconds{0}) return false;
    tell(holder, waited);
    const nanoseconds pause = std::clamp(waited / 4, shortest_pause, longest_pause);
    // Two that wait in step would find each other's lock in the way for ever.
    const auto shift = nanoseconds{
        static_cast<int64_t>(options.random.number() % static_cast<uint64_t>(pause.count()))};
    if (!options.clock.sleep(std::min(left, pause / 2 + shift), stop)) throw Cancelled{};
    return true;
}

}  // namespace lifeboat::repository
