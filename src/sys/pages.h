// Memory straight from the system, in whole pages: it starts on a page, as direct I/O wants it, and
// goes back to the system at once. The heap would keep large pieces that came from several threads.
#pragma once

#include "base/bytes.h"

#include <cstddef>
#include <utility>

namespace lifeboat::sys {

class Pages {
public:
    Pages() = default;
    // Zeros, which cost nothing until they are touched. Throws std::bad_alloc.
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
