// One bit for every entry of an index: a set of blobs at an eighth of a byte each, where a set of
// ids would take fifty bytes and more.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace lifeboat::repository {

// Any thread.
class EntryBits {
public:
    explicit EntryBits(size_t count) : words_(count / word_bits + 1) {}

    // True when it was not set before.
    bool set(size_t number) {
        const uint64_t bit = uint64_t{1} << number % word_bits;
        return (words_[number / word_bits].fetch_or(bit, std::memory_order_relaxed) & bit) == 0;
    }
    void clear(size_t number) {
        const uint64_t bit = uint64_t{1} << number % word_bits;
        words_[number / word_bits].fetch_and(~bit, std::memory_order_relaxed);
    }
    bool test(size_t number) const {
        const uint64_t word = words_[number / word_bits].load(std::memory_order_relaxed);
        return (word >> number % word_bits & 1) != 0;
    }

private:
    static constexpr size_t word_bits = 64;

    std::vector<std::atomic<uint64_t>> words_;
};

}  // namespace lifeboat::repository
