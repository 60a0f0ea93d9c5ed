// Memory for bytes that are about to be overwritten: grows without being cleared first.
#pragma once

#include "base/bytes.h"

#include <algorithm>
#include <memory>

namespace lifeboat::repository {

// Large ones start on a page, so that a disk can take them as they are.
class Buffer {
public:
    Buffer() = default;
    explicit Buffer(size_t capacity) : capacity_(capacity) {
        const size_t spare = capacity >= large ? page : 0;
        memory_ = std::make_unique_for_overwrite<std::byte[]>(capacity + spare);
        void* start = memory_.get();
        size_t space = capacity + spare;
        if (spare != 0) std::align(page, capacity, start, space);
        start_ = static_cast<std::byte*>(start);
    }

    // At least `size` bytes of unspecified content; what was there before is gone.
    MutableByteView room(size_t size) {
        if (size > capacity_) *this = Buffer(std::max(size, capacity_ + capacity_ / 2));
        return {start_, size};
    }
    ByteView view(size_t size) const { return {start_, size}; }
    MutableByteView bytes(size_t size) { return {start_, size}; }
    size_t capacity() const { return capacity_; }

private:
    static constexpr size_t page = 4096;
    static constexpr size_t large = size_t{1} << 20;

    std::unique_ptr<std::byte[]> memory_;
    std::byte* start_ = nullptr;
    size_t capacity_ = 0;
};

}  // namespace lifeboat::repository
