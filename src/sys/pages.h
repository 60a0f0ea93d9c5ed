// Memory in whole pages: it starts on a page, as direct I/O wants it. Large pieces come from the
// page pool and go back there; the heap would keep a copy for each thread that asked for some.
#pragma once

#include "base/bytes.h"

#include <cstddef>
#include <utility>

namespace lifeboat::sys {

class Pages {
public:
    Pages() = default;
    // Of unspecified content. Costs nothing until it is touched. Throws std::bad_alloc.
    explicit Pages(size_t size);
    ~Pages();
    Pages(Pages&& other) noexcept : memory_(std::exchange(other.memory_, {})) {}
    Pages& operator=(Pages&& other) noexcept {
        std::swap(memory_, other.memory_);
        return *this;
    }

    std::byte* start() const { return memory_.data(); }

private:
    MutableByteView memory_{};
};

}  // namespace lifeboat::sys
