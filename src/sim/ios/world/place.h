// Where the content of a simulated iPhone is made, and what makes it the same each time: one seed,
// one date, one version of iOS.
#pragma once

#include "base/time.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace lifeboat::sim::ios {

struct Place {
    std::string files{};  // the folder with a folder for each domain
    uint64_t seed = 1;
    int major = 17;  // of iOS: which tables and columns there are
    std::string model{"iPhone 12"};
    TimePoint newest{};  // what is made goes back from here

    std::string path(std::string_view domain, std::string_view relative) const;
    // The same for the same kind and number, another for any other: "4F0E3B1C-...".
    std::string uuid(std::string_view kind, uint64_t number) const;
    // A seed of its own for one thing.
    uint64_t seed_of(std::string_view kind, uint64_t number) const;
};

// The i-th of `count` things, oldest first, one each `step` until the newest.
TimePoint time_of(const Place& place, uint64_t i, uint64_t count, std::chrono::minutes step);

// As the phone's databases count: since 2001.
double apple_seconds(TimePoint time);
int64_t apple_nanoseconds(TimePoint time);
int64_t unix_seconds(TimePoint time);

struct Person {
    std::string_view first{};
    std::string_view last{};
    std::string phone{};
    std::string mail{};
};
// People of whom everybody has read, with numbers that are kept for plays and films.
Person person(uint64_t number);

}  // namespace lifeboat::sim::ios
