// Bytes and views on them: the words every module uses for data whose meaning it does not know yet.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lifeboat {

using Bytes = std::vector<std::byte>;
using ByteView = std::span<const std::byte>;
using MutableByteView = std::span<std::byte>;

// The same memory under another name; the view lives as long as what it looks at.
inline ByteView as_bytes(std::string_view text) {
    return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}
inline std::string_view as_text(ByteView bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline const unsigned char* as_uchar(ByteView bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}
inline unsigned char* as_uchar(MutableByteView bytes) {
    return reinterpret_cast<unsigned char*>(bytes.data());
}
inline char* as_chars(MutableByteView bytes) {
    return reinterpret_cast<char*>(bytes.data());
}
inline Bytes to_bytes(std::string_view text) {
    const ByteView view = as_bytes(text);
    return {view.begin(), view.end()};
}
inline std::string to_text(ByteView bytes) {
    return std::string(as_text(bytes));
}
inline void append(Bytes& to, ByteView more) {
    to.insert(to.end(), more.begin(), more.end());
}

// Little-endian numbers as the restic format and the adb protocol write them. `at` must lie inside
// `from`.
template <class T>
T load_le(ByteView from, size_t at = 0) {
    uint64_t value = 0;
    for (size_t i = 0; i < sizeof(T); ++i) {
        value |= std::to_integer<uint64_t>(from[at + i]) << (8 * i);
    }
    return static_cast<T>(value);
}
template <class T>
void append_le(Bytes& to, T value) {
    for (size_t i = 0; i < sizeof(T); ++i) {
        to.push_back(static_cast<std::byte>(static_cast<uint64_t>(value) >> (8 * i)));
    }
}

}  // namespace lifeboat
