#include "sys/pages.h"

#include <sys/mman.h>

#include <new>

namespace lifeboat::sys {

Pages::Pages(size_t size) {
    if (size == 0) return;
    void* const start =
        ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (start == MAP_FAILED) throw std::bad_alloc();
    memory_ = {static_cast<std::byte*>(start), size};
}

Pages::~Pages() {
    if (!memory_.empty()) ::munmap(memory_.data(), memory_.size());
}

}  // namespace lifeboat::sys
