// Memory for bytes that are about to be overwritten: grows without being cleared first.
#pragma once

#include "base/bytes.h"

#include <algorithm>
#include <memory>

namespace lifeboat::repository {

class Buffer {
public:
    Buffer() = default;
    explicit Buffer(size_t capacity)
        : memory_(std::make_unique_for_overwrite<std::byte[]>(capacity)), capacity_(capacity) {}

    // At least `size` bytes of unspecified content; what was there before is gone.
    MutableByteView room(size_t size) {
        if (size > capacity_) *this = Buffer(std::max(size, capacity_ + capacity_ / 2));
        return {memory_.get(), size};
    }
    // The same memory with its content kept while it grows.
    MutableByteView grow(size_t size, size_t kept) {
        if (size > capacity_) {
            Buffer larger(std::max(size, capacity_ * 2));
            std::copy_n(memory_.get(), kept, larger.memory_.get());
            *this = std::move(larger);
        }
        return {memory_.get(), size};
    }
    ByteView view(size_t size) const { return {memory_.get(), size}; }
    MutableByteView bytes(size_t size) { return {memory_.get(), size}; }
    size_t capacity() const { return capacity_; }

private:
    std::unique_ptr<std::byte[]> memory_;
    size_t capacity_ = 0;
};

}  // namespace lifeboat::repository
