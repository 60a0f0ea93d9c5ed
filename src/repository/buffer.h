// Memory for bytes that are about to be overwritten: grows without being cleared first.
#pragma once

#include "base/bytes.h"
#include "sys/pages.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace lifeboat::repository {

// Large ones start on a page, so that a disk can take them as they are.
class Buffer {
public:
    Buffer() = default;
    explicit Buffer(size_t capacity) : capacity_(capacity) {
        if (capacity >= large) {
            pages_ = sys::Pages(capacity);
        } else {
            small_ = std::make_unique_for_overwrite<std::byte[]>(capacity);
        }
    }
    // What is moved from is empty.
    Buffer(Buffer&& other) noexcept
        : small_(std::move(other.small_)),
          pages_(std::move(other.pages_)),
          capacity_(std::exchange(other.capacity_, 0)) {}
    Buffer& operator=(Buffer&& other) noexcept {
        small_ = std::move(other.small_);
        pages_ = std::move(other.pages_);
        capacity_ = std::exchange(other.capacity_, 0);
        return *this;
    }

    // At least `size` bytes of unspecified content; what was there before is gone.
    MutableByteView room(size_t size) {
        if (size > capacity_) {
            const size_t grown = std::max(size, capacity_ + capacity_ / 2);
            *this = Buffer();  // the old must not stand beside the new one
            *this = Buffer(grown);
        }
        return bytes(size);
    }
    ByteView view(size_t size) const { return {start(), size}; }
    MutableByteView bytes(size_t size) { return {start(), size}; }
    size_t capacity() const { return capacity_; }

private:
    static constexpr size_t large = size_t{2} << 20;  // below, the heap has it ready

    std::byte* start() const { return capacity_ >= large ? pages_.start() : small_.get(); }

    std::unique_ptr<std::byte[]> small_{};
    sys::Pages pages_{};
    size_t capacity_ = 0;
};

}  // namespace lifeboat::repository
