// What the kernel holds open, by number.
#pragma once

#include "base/guarded.h"

#include <cstdint>
#include <memory>
#include <unordered_map>

namespace lifeboat::mount {

// Any thread.
template <class Value>
class Handles {
public:
    uint64_t add(std::shared_ptr<const Value> value) {
        return state_.with([&](State& s) {
            s.open[++s.last] = std::move(value);
            return s.last;
        });
    }
    // Null for a number that is none.
    std::shared_ptr<const Value> get(uint64_t handle) const {
        return state_.with([&](const State& s) -> std::shared_ptr<const Value> {
            const auto found = s.open.find(handle);
            return found == s.open.end() ? nullptr : found->second;
        });
    }
    // The value goes outside of the lock: it may be large.
    void remove(uint64_t handle) {
        const std::shared_ptr<const Value> gone = state_.with([&](State& s) {
            auto node = s.open.extract(handle);
            return node.empty() ? nullptr : std::move(node.mapped());
        });
    }
    size_t size() const {
        return state_.with([](const State& s) { return s.open.size(); });
    }

private:
    struct State {
        std::unordered_map<uint64_t, std::shared_ptr<const Value>> open;
        uint64_t last = 0;
    };
    Guarded<State> state_;
};

}  // namespace lifeboat::mount
