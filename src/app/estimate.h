// How long it still takes, honestly: a range, nothing before there is something to go by, and told
// when it grows.
#pragma once

#include "base/time.h"

#include <cstdint>
#include <deque>
#include <optional>

namespace lifeboat::app {

struct Estimate {
    nanoseconds least{};
    nanoseconds most{};
    bool grew = false;  // later than was said before: to be said, too
};

// Fed with what is done of one phase; one thread.
class Estimator {
public:
    // `at` never goes back. `total` 0 means not known yet.
    void add(nanoseconds at, uint64_t done, uint64_t total);

    // Units a second over the last seconds; nothing before there are two moments to compare.
    std::optional<double> rate() const;
    // Nothing before the total is known and ten seconds are seen; two are enough when the rest
    // takes less than half a minute.
    std::optional<Estimate> estimate();

private:
    struct Sample {
        nanoseconds at{};
        uint64_t done = 0;
    };

    std::optional<Sample> first_{};
    std::deque<Sample> recent_{};  // of the last seconds
    uint64_t total_ = 0;
    std::optional<nanoseconds> promised_{};  // the latest end that was said
};

}  // namespace lifeboat::app
