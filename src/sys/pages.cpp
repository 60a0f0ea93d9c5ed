#include "sys/pages.h"

#include <sys/mman.h>

#include <new>

namespace lifeboat::sys {

namespace {

constexpr size_t large_page = size_t{2} << 20;

}  // namespace

Pages::Pages(size_t size) {
    if (size == 0) return;
    void* const start =
        ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (start == MAP_FAILED) throw std::bad_alloc();
    // A wish: 512 times fewer pages to be cleared and mapped one by one.
    if (size >= large_page) ::madvise(start, size, MADV_HUGEPAGE);
    memory_ = {static_cast<std::byte*>(start), size};
}

Pages::~Pages() {
    if (!memory_.empty()) ::munmap(memory_.data(), memory_.size());
}

}  // namespace lifeboat::sys
