// One region of memory for the large pieces of the whole process, used again and again: the system
// clears a page before it gives it, which costs more than most of what is done with it.
#pragma once

#include <cstddef>

namespace lifeboat::sys {

// Deriving a key from a password takes 128 MiB, and then a backup takes about as much for its
// chunks and packs: the same pages serve both. They are touched only where they are used.
constexpr size_t page_pool_unit = size_t{2} << 20;  // a large page of x86 and of most ARM
constexpr size_t page_pool_size = size_t{256} << 20;

// Any thread, all of them.

// Memory of unspecified content that starts on a large page; null when there is no room for it.
void* take_from_page_pool(size_t size) noexcept;
// False when it does not lie in the pool.
bool is_of_page_pool(const void* start) noexcept;
// What take_from_page_pool() gave.
void give_back_to_page_pool(void* start) noexcept;
// How much of `start` may be used.
size_t size_in_page_pool(const void* start) noexcept;
// Gives to the system what is in no use now and lies behind the first `keep` bytes: for whoever has
// done something large.
void release_page_pool(size_t keep = 0) noexcept;

}  // namespace lifeboat::sys
