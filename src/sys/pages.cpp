#include "sys/pages.h"

#include "sys/page_pool.h"

#include <sys/mman.h>

#include <new>

namespace lifeboat::sys {

Pages::Pages(size_t size) {
    if (size == 0) return;
    void* start = size >= page_pool_unit ? take_from_page_pool(size) : nullptr;
    if (start == nullptr) {
        start = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (start == MAP_FAILED) throw std::bad_alloc();
        if (size >= page_pool_unit) ::madvise(start, size, MADV_HUGEPAGE);
    }
    memory_ = {static_cast<std::byte*>(start), size};
}

Pages::~Pages() {
    if (is_of_page_pool(memory_.data())) {
        give_back_to_page_pool(memory_.data());
    } else if (!memory_.empty()) {
        ::munmap(memory_.data(), memory_.size());
    }
}

}  // namespace lifeboat::sys
