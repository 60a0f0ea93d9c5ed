// Buffers that were used and will be again: memory from the system must be cleared by it first, and
// that costs more than hashing it.
#pragma once

#include "base/guarded.h"
#include "repository/buffer.h"

#include <array>
#include <bit>
#include <vector>

namespace lifeboat::repository {

// Any thread.
class BufferPool {
public:
    explicit BufferPool(size_t idle_limit) : limit_(idle_limit) {}

    // Of the smallest class that holds `size`.
    Buffer take(size_t size) {
        const size_t kind = class_of(size);
        return state_.with([&](State& s) {
            auto& idle = s.idle[kind];
            if (idle.empty()) return Buffer(size_t{1} << kind);
            Buffer buffer = std::move(idle.back());
            idle.pop_back();
            s.bytes -= buffer.capacity();
            return buffer;
        });
    }

    // Only what take() gave.
    void give_back(Buffer buffer) {
        state_.with([&](State& s) {
            if (s.bytes + buffer.capacity() > limit_) return;
            s.bytes += buffer.capacity();
            s.idle[class_of(buffer.capacity())].push_back(std::move(buffer));
        });
    }

private:
    static constexpr size_t smallest = 12;

    struct State {
        std::array<std::vector<Buffer>, 64> idle{};
        size_t bytes = 0;
    };

    static size_t class_of(size_t size) {
        return std::max<size_t>(smallest, static_cast<size_t>(std::bit_width(size - 1)));
    }

    size_t limit_;
    Guarded<State> state_;
};

}  // namespace lifeboat::repository
