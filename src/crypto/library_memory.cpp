#include "crypto/library_memory.h"

#include "sys/page_pool.h"

#include <malloc.h>
#include <openssl/crypto.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>

namespace lifeboat::crypto {

namespace {

constexpr size_t large_from = size_t{8} << 20;

void* allocate(size_t size, const char*, int) {
    if (size == 0) return nullptr;
    void* const pooled = size < large_from ? nullptr : sys::take_from_page_pool(size);
    if (pooled != nullptr) return pooled;
    constexpr size_t alignment = alignof(std::max_align_t);
    if (size > SIZE_MAX - alignment) return nullptr;
    return std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
}

size_t room_of(void* memory) {
    return sys::is_of_page_pool(memory) ? sys::size_in_page_pool(memory)
                                        : ::malloc_usable_size(memory);
}

void release(void* memory, const char*, int) {
    if (!sys::is_of_page_pool(memory)) return std::free(memory);
    sys::give_back_to_page_pool(memory);
}

void* reallocate(void* memory, size_t size, const char* file, int line) {
    if (memory != nullptr && size != 0 && size <= room_of(memory)) return memory;
    void* const moved = allocate(size, file, line);
    if (memory == nullptr || (moved == nullptr && size != 0)) return moved;
    if (moved != nullptr) std::memcpy(moved, memory, room_of(memory));
    release(memory, file, line);
    return moved;
}

}  // namespace

void use_large_pages() {
    CRYPTO_set_mem_functions(allocate, reallocate, release);
}

}  // namespace lifeboat::crypto
