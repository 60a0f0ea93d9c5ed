// Big-endian numbers, as iPhones write lengths.
#pragma once

#include "base/bytes.h"

#include <cstdint>

namespace lifeboat::phone::ios {

// `at` must lie inside `from`.
template <class T>
T load_be(ByteView from, size_t at = 0) {
    uint64_t value = 0;
    for (size_t i = 0; i < sizeof(T); ++i) {
        value = (value << 8) | std::to_integer<uint64_t>(from[at + i]);
    }
    return static_cast<T>(value);
}

template <class T>
void append_be(Bytes& to, T value) {
    for (size_t i = sizeof(T); i-- > 0;) {
        to.push_back(static_cast<std::byte>(static_cast<uint64_t>(value) >> (8 * i)));
    }
}

}  // namespace lifeboat::phone::ios
