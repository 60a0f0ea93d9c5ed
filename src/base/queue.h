// A queue with a limit between threads: the producer waits while it is full, the consumer while it
// is empty.
#pragma once

#include "base/guarded.h"

#include <cstddef>
#include <deque>
#include <optional>
#include <stop_token>
#include <utility>

namespace lifeboat {

template <class T>
class BoundedQueue {
public:
    explicit BoundedQueue(size_t limit) : limit_(limit) {}

    // False when the queue was closed or `stop` was requested: the value was not taken.
    bool push(T value, const std::stop_token& stop) {
        bool taken = false;
        state_.wait(
            stop, [&](const State& s) { return s.closed || s.values.size() < limit_; },
            [&](State& s) {
                if (s.closed) return;
                s.values.push_back(std::move(value));
                taken = true;
            });
        if (taken) wake();
        return taken;
    }

    // Nothing when `stop` was requested, or the queue is closed and empty.
    std::optional<T> pop(const std::stop_token& stop) {
        std::optional<T> value;
        state_.wait(
            stop, [](const State& s) { return s.closed || !s.values.empty(); },
            [&](State& s) {
                if (s.values.empty()) return;
                value.emplace(std::move(s.values.front()));
                s.values.pop_front();
            });
        if (value) wake();
        return value;
    }

    // Nothing when there is none right now.
    std::optional<T> try_pop() {
        std::optional<T> value;
        state_.with([&](State& s) {
            if (s.values.empty()) return;
            value.emplace(std::move(s.values.front()));
            s.values.pop_front();
        });
        if (value) wake();
        return value;
    }

    // No more values come; what is queued can still be taken.
    void close() {
        state_.update([](State& s) { s.closed = true; });
    }

    size_t size() const {
        return state_.with([](const State& s) { return s.values.size(); });
    }

private:
    struct State {
        std::deque<T> values;
        bool closed = false;
    };

    void wake() {
        state_.update([](State&) {});
    }

    size_t limit_;
    Guarded<State> state_;
};

}  // namespace lifeboat
