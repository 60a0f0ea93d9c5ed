// Secrets: wiped when they go, neither copied nor printed.
#pragma once

#include "base/bytes.h"

#include <cstring>
#include <string>
#include <string_view>
#include <utility>

namespace lifeboat {

// Overwrites memory in a way that the compiler must not leave out.
inline void wipe(MutableByteView memory) {
    volatile std::byte* p = memory.data();
    for (size_t i = 0; i < memory.size(); ++i) p[i] = std::byte{0};
}

class SecretBytes {
public:
    SecretBytes() = default;
    explicit SecretBytes(Bytes bytes) : bytes_(std::move(bytes)) {}
    explicit SecretBytes(size_t size) : bytes_(size) {}
    SecretBytes(SecretBytes&& other) noexcept : bytes_(std::move(other.bytes_)) {
        other.bytes_.clear();
    }
    SecretBytes& operator=(SecretBytes&& other) noexcept {
        if (this != &other) {
            wipe(bytes_);
            bytes_ = std::exchange(other.bytes_, {});
        }
        return *this;
    }
    SecretBytes(const SecretBytes&) = delete;
    SecretBytes& operator=(const SecretBytes&) = delete;
    ~SecretBytes() { wipe(bytes_); }

    // An explicit copy, so that every second place of a secret can be found by its name.
    SecretBytes duplicate() const { return SecretBytes(bytes_); }
    ByteView reveal() const { return bytes_; }
    MutableByteView storage() { return bytes_; }
    bool empty() const { return bytes_.empty(); }

private:
    Bytes bytes_;
};

class SecretText {
public:
    SecretText() = default;
    explicit SecretText(std::string_view text) : bytes_(to_bytes(text)) {}

    SecretText duplicate() const { return SecretText(reveal()); }
    std::string_view reveal() const { return as_text(bytes_.reveal()); }
    bool empty() const { return bytes_.empty(); }

private:
    SecretBytes bytes_;
};

}  // namespace lifeboat
