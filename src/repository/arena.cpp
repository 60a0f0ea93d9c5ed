#include "repository/arena.h"

#include <algorithm>
#include <utility>

namespace lifeboat::repository {

Block::Block(Block&& other) noexcept
    : arena_(std::exchange(other.arena_, nullptr)),
      unit_(other.unit_),
      own_(std::move(other.own_)),
      start_(std::exchange(other.start_, nullptr)),
      capacity_(std::exchange(other.capacity_, 0)) {}

Block& Block::operator=(Block&& other) noexcept {
    std::swap(arena_, other.arena_);
    std::swap(unit_, other.unit_);
    std::swap(own_, other.own_);
    std::swap(start_, other.start_);
    std::swap(capacity_, other.capacity_);
    return *this;
}

void Block::give_back() {
    if (arena_ != nullptr) arena_->give_back(unit_, capacity_);
}

// The first of `count` free units in a row that begin in [from, until).
std::optional<size_t> Arena::find_free(const State& s, size_t from, size_t until, size_t count) {
    size_t free = 0;
    const size_t end = std::min(s.used.size(), until + count);
    for (size_t unit = from; unit < end; ++unit) {
        free = s.used[unit] ? 0 : free + 1;
        if (free == count) return unit + 1 - count;
    }
    return std::nullopt;
}

Block Arena::take(size_t size) {
    const size_t count = std::max<size_t>(1, (size + unit_size - 1) / unit_size);
    const auto unit = state_.with([&](State& s) {
        auto found = find_free(s, s.next, units_, count);
        if (!found) found = find_free(s, 0, s.next, count);
        if (!found) return found;
        const auto first = s.used.begin() + static_cast<ptrdiff_t>(*found);
        std::fill_n(first, count, true);
        s.next = *found + count == units_ ? 0 : *found + count;
        return found;
    });
    if (!unit) return Block(size);
    return {*this, *unit, memory_.start() + *unit * unit_size, count * unit_size};
}

void Arena::give_back(size_t unit, size_t capacity) {
    state_.with([&](State& s) {
        std::fill_n(s.used.begin() + static_cast<ptrdiff_t>(unit), capacity / unit_size, false);
    });
}

}  // namespace lifeboat::repository
