// Finds dense 32-bit numbers by id: the part of a hash table that is not the values.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace lifeboat::repository {

// Open addressing with linear probing; ids are hashes already, so that a few of their bits are a
// good place. Between 2/5 and 4/5 full: 5 to 10 bytes for each number. The values lie with the
// caller, who says which of them has which hash. The numbers are 0, 1, 2, ... in this order.
class IdSlots {
public:
    static constexpr uint32_t none = UINT32_MAX;

    // The first number with this hash for which matches(number) holds, or `none`.
    template <class Matches>
    uint32_t find(size_t hash, Matches&& matches) const {
        if (slots_.empty()) return none;
        const size_t mask = slots_.size() - 1;
        for (size_t at = hash & mask; slots_[at] != none; at = (at + 1) & mask) {
            if (matches(slots_[at])) return slots_[at];
        }
        return none;
    }

    // Adds the next number; hash_of(number) must work for it already.
    template <class HashOf>
    void append(HashOf&& hash_of) {
        const uint32_t number = used_++;
        if (uint64_t{used_} * 5 > uint64_t{slots_.size()} * 4) {
            grow(hash_of);
        } else {
            insert(hash_of(number), number);
        }
    }

    size_t memory() const { return slots_.capacity() * sizeof(uint32_t); }

private:
    void insert(size_t hash, uint32_t number) {
        const size_t mask = slots_.size() - 1;
        size_t at = hash & mask;
        while (slots_[at] != none) at = (at + 1) & mask;
        slots_[at] = number;
    }

    template <class HashOf>
    void grow(HashOf&& hash_of) {
        const size_t size = std::max<size_t>(1024, slots_.size() * 2);
        // The old table must not stand beside the new one: that would be the peak of the memory.
        slots_ = {};
        slots_.assign(size, none);
        for (uint32_t i = 0; i < used_; ++i) insert(hash_of(i), i);
    }

    std::vector<uint32_t> slots_;  // as many as a power of two, or none
    uint32_t used_ = 0;
};

}  // namespace lifeboat::repository
