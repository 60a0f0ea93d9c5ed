// SPAKE2 in the variant of BoringSSL (not RFC 9382): two that know the same short password agree on
// a key, and whoever listens or guesses wrong learns nothing more than that the guess was wrong.
//
// Points lie on edwards25519. Two properties of that library are kept because the other side has
// them: scalars are multiples of eight that are not reduced again, and the names are part of the
// key with the bytes that each side passes, a NUL included.
#pragma once

#include "base/secret.h"
#include "sys/random.h"

#include <array>
#include <string>
#include <string_view>

namespace lifeboat::crypto {

class Spake2 {
public:
    enum class Role { alice, bob };
    using Point = std::array<std::byte, 32>;

    struct Names {
        std::string_view mine{};
        std::string_view theirs{};
    };
    Spake2(Role role, Names names, ByteView password, sys::Random& random);

    // For the other side.
    const Point& message() const { return message_; }
    // 64 bytes, equal on both sides when the passwords are. Throws Corrupt when `theirs` is no
    // message of this protocol.
    SecretBytes key(ByteView theirs) const;

private:
    Role role_;
    std::string my_name_;
    std::string their_name_;
    SecretBytes private_{};   // an eighth of the secret scalar
    SecretBytes password_{};  // SHA-512 of it
    Point message_{};
};

}  // namespace lifeboat::crypto
