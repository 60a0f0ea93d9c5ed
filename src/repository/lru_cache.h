// Keeps what was used last within a limit of bytes.
#pragma once

#include "base/guarded.h"

#include <cstddef>
#include <list>
#include <memory>
#include <unordered_map>

namespace lifeboat::repository {

// Values are immutable and shared: who holds one keeps it, whatever the cache forgets. Any thread.
template <class Key, class Value, class Hash>
class LruCache {
public:
    using Pointer = std::shared_ptr<const Value>;

    explicit LruCache(size_t byte_limit) : limit_(byte_limit) {}

    // Null when it is not here.
    Pointer get(const Key& key) {
        return state_.with([&](State& s) -> Pointer {
            const auto found = s.places.find(key);
            if (found == s.places.end()) return nullptr;
            s.entries.splice(s.entries.begin(), s.entries, found->second);
            return found->second->value;
        });
    }

    // A value larger than half of the limit is not kept: it would push out everything else.
    void put(const Key& key, Pointer value, size_t bytes) {
        if (bytes > limit_ / 2) return;
        state_.with([&](State& s) {
            if (s.places.contains(key)) return;
            s.entries.push_front({key, std::move(value), bytes});
            s.places[key] = s.entries.begin();
            s.bytes += bytes;
            while (s.bytes > limit_) {
                s.bytes -= s.entries.back().bytes;
                s.places.erase(s.entries.back().key);
                s.entries.pop_back();
            }
        });
    }

private:
    struct Entry {
        Key key;
        Pointer value;
        size_t bytes;
    };
    struct State {
        std::list<Entry> entries;  // last used first
        std::unordered_map<Key, typename std::list<Entry>::iterator, Hash> places;
        size_t bytes = 0;
    };

    size_t limit_;
    Guarded<State> state_;
};

}  // namespace lifeboat::repository
