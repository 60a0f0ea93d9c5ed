#include "sys/page_pool.h"

#include "base/bytes.h"
#include "base/guarded.h"

#include <sys/mman.h>

#include <array>
#include <atomic>
#include <cstdint>

namespace lifeboat::sys {

namespace {

constexpr size_t unit_count = page_pool_size / page_pool_unit;

// Address space only: nothing is touched. It stays for as long as the process lives.
std::byte* map_region() {
    // Twice the alignment that is wanted is enough to find an aligned start in it.
    void* const start = ::mmap(nullptr, page_pool_size + page_pool_unit, PROT_READ | PROT_WRITE,
                               MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (start == MAP_FAILED) return nullptr;
    auto* const bytes = static_cast<std::byte*>(start);
    const size_t over = std::bit_cast<std::uintptr_t>(bytes) % page_pool_unit;
    std::byte* const aligned = bytes + (over == 0 ? 0 : page_pool_unit - over);
    // A wish: 512 times fewer pages to be cleared and mapped one by one.
    ::madvise(aligned, page_pool_size, MADV_HUGEPAGE);
    return aligned;
}

struct Units {
    std::array<bool, unit_count> used{};
    std::array<uint16_t, unit_count> length{};  // of the piece that starts here
};

class PagePool {
public:
    void* take(size_t size) {
        if (region_ == nullptr || size == 0 || size > page_pool_size) return nullptr;
        const size_t count = (size + page_pool_unit - 1) / page_pool_unit;
        return units_.with([&](Units& units) -> void* {
            // From the start each time: what was touched already is taken first.
            size_t run = 0;
            for (size_t i = 0; i < unit_count; ++i) {
                run = units.used.at(i) ? 0 : run + 1;
                if (run == count) return mark(units, i + 1 - count, count);
            }
            return nullptr;
        });
    }

    bool contains(const void* start) const {
        const auto* const at = static_cast<const std::byte*>(start);
        return region_ != nullptr && at >= region_ && at < region_ + page_pool_size;
    }

    void give_back(void* start) {
        units_.with([&](Units& units) {
            const size_t first = unit_of(start);
            for (size_t i = 0; i < units.length.at(first); ++i) units.used.at(first + i) = false;
            units.length.at(first) = 0;
        });
    }

    size_t size(const void* start) const {
        return units_.with(
            [&](const Units& units) { return units.length.at(unit_of(start)) * page_pool_unit; });
    }

    void release(size_t keep) {
        if (region_ == nullptr) return;
        units_.with([&](Units& units) {
            for (size_t i = keep / page_pool_unit; i < unit_count; ++i) {
                if (units.used.at(i)) continue;
                ::madvise(region_ + i * page_pool_unit, page_pool_unit, MADV_DONTNEED);
            }
        });
    }

private:
    size_t unit_of(const void* start) const {
        const auto distance = static_cast<const std::byte*>(start) - region_;
        return static_cast<size_t>(distance) / page_pool_unit;
    }

    std::byte* mark(Units& units, size_t first, size_t count) {
        for (size_t i = 0; i < count; ++i) units.used.at(first + i) = true;
        units.length.at(first) = static_cast<uint16_t>(count);
        return region_ + first * page_pool_unit;
    }

    std::byte* const region_ = map_region();
    Guarded<Units> units_{};
};

PagePool& pool() {
    static PagePool the_pool;
    return the_pool;
}

}  // namespace

void* take_from_page_pool(size_t size) noexcept {
    return pool().take(size);
}

bool is_of_page_pool(const void* start) noexcept {
    return pool().contains(start);
}

void give_back_to_page_pool(void* start) noexcept {
    pool().give_back(start);
}

size_t size_in_page_pool(const void* start) noexcept {
    return pool().size(start);
}

void release_page_pool(size_t keep) noexcept {
    pool().release(keep);
}

}  // namespace lifeboat::sys
