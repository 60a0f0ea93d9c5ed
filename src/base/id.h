// 32-byte identifiers (SHA-256 values) whose kinds do not mix: a pack id is no blob id.
#pragma once

#include "base/bytes.h"
#include "base/hex.h"

#include <algorithm>
#include <array>
#include <compare>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace lifeboat {

template <class Tag>
struct Id {
    std::array<std::byte, 32> value{};

    auto operator<=>(const Id&) const = default;
    ByteView bytes() const { return value; }
    std::string hex() const { return to_hex(value); }
    bool is_zero() const {
        return std::all_of(value.begin(), value.end(),
                           [](std::byte b) { return b == std::byte{0}; });
    }

    // Nothing unless `text` is exactly 64 lower-case hexadecimal digits.
    static std::optional<Id> parse(std::string_view text) {
        if (text.size() != 64) return std::nullopt;
        if (std::any_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'F'; })) {
            return std::nullopt;
        }
        const auto bytes = from_hex(text);
        if (!bytes) return std::nullopt;
        Id id;
        std::copy(bytes->begin(), bytes->end(), id.value.begin());
        return id;
    }
};

// The values are hashes already: any eight bytes of them are a hash for a table.
struct IdHash {
    template <class Tag>
    size_t operator()(const Id<Tag>& id) const {
        size_t hash = 0;
        std::memcpy(&hash, id.value.data(), sizeof hash);
        return hash;
    }
};

// SHA-256 of some content: what a phone computes of a file, and what a reader computes of what
// comes back.
using Digest = Id<struct DigestTag>;

}  // namespace lifeboat
