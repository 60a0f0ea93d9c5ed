#include "crypto/library_memory.h"

#include <openssl/crypto.h>
#include <sys/mman.h>

#include <cstddef>
#include <cstdlib>

namespace lifeboat::crypto {

namespace {

constexpr size_t large_page = size_t{2} << 20;
constexpr size_t large_from = size_t{8} << 20;

constexpr size_t up_to_multiple(size_t size, size_t unit) {
    return (size + unit - 1) / unit * unit;
}

// What it gives the library lets go with the C library's own function, as it does by default.
void* allocate(size_t size, const char*, int) {
    if (size == 0 || size > SIZE_MAX / 2) return nullptr;
    if (size < large_from) {
        constexpr size_t alignment = alignof(std::max_align_t);
        return std::aligned_alloc(alignment, up_to_multiple(size, alignment));
    }
    const size_t whole = up_to_multiple(size, large_page);
    void* const memory = std::aligned_alloc(large_page, whole);
    // A wish: a system that has no large pages left gives small ones.
    if (memory != nullptr) ::madvise(memory, whole, MADV_HUGEPAGE);
    return memory;
}

}  // namespace

void use_large_pages() {
    CRYPTO_set_mem_functions(allocate, nullptr, nullptr);
}

}  // namespace lifeboat::crypto
