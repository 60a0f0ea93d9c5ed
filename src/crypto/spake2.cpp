#include "crypto/spake2.h"

#include "base/error.h"
#include "base/hex.h"

#include <sodium.h>

#include <algorithm>

namespace lifeboat::crypto {
namespace {

using Point = Spake2::Point;
static_assert(crypto_core_ed25519_BYTES == 32 && crypto_core_ed25519_SCALARBYTES == 32);

// Hashed onto the curve by BoringSSL from "edwards25519 point generation seed (M)" and "(N)".
constexpr std::string_view m_hex =
    "5ada7e4bf6ddd9adb6626d32131c6b5c51a1e347a3478f53cfcf441b88eed12e";
constexpr std::string_view n_hex =
    "10e3df0ae37d8e7a99b5fe74b44672103dbddcbd06af680d71329a11693bc778";

// The order of the base point, little-endian.
constexpr std::array<uint8_t, 32> order{
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0x10};

Point point_of(std::string_view hex) {
    const auto bytes = from_hex(hex);
    Point out{};
    std::copy_n(bytes->begin(), out.size(), out.begin());
    return out;
}

void check(int result) {
    if (result != 0) throw Corrupt("this is no point that a pairing may use");
}

Point sum(const Point& a, const Point& b) {
    Point out{};
    check(crypto_core_ed25519_add(as_uchar(MutableByteView(out)), as_uchar(ByteView(a)),
                                  as_uchar(ByteView(b))));
    return out;
}

Point difference(const Point& a, const Point& b) {
    Point out{};
    check(crypto_core_ed25519_sub(as_uchar(MutableByteView(out)), as_uchar(ByteView(a)),
                                  as_uchar(ByteView(b))));
    return out;
}

// Eight times `eighth` times the point. The eightfold point has no part of small order left, which
// is all that the library multiplies.
Point times(ByteView eighth, const Point& point) {
    Point eightfold = point;
    for (int i = 0; i < 3; ++i) eightfold = sum(eightfold, eightfold);
    Point out{};
    check(crypto_scalarmult_ed25519_noclamp(as_uchar(MutableByteView(out)), as_uchar(eighth),
                                            as_uchar(ByteView(eightfold))));
    return out;
}

Point base_times(ByteView eighth) {
    Point one{};
    Point base{};
    one[0] = std::byte{1};
    check(crypto_scalarmult_ed25519_base_noclamp(as_uchar(MutableByteView(base)),
                                                 as_uchar(ByteView(one))));
    return times(eighth, base);
}

SecretBytes sha512(ByteView bytes) {
    SecretBytes out(crypto_hash_sha512_BYTES);
    crypto_hash_sha512(as_uchar(out.storage()), as_uchar(bytes), bytes.size());
    return out;
}

SecretBytes reduced(ByteView wide) {
    SecretBytes out(crypto_core_ed25519_SCALARBYTES);
    crypto_core_ed25519_scalar_reduce(as_uchar(out.storage()), as_uchar(wide));
    return out;
}

// An eighth of the password's scalar: multiples of the order are added until the low three bits are
// clear, which changes nothing for points of that order and drops the others' small part.
SecretBytes eighth_of_password(ByteView hash) {
    SecretBytes scalar = reduced(hash);
    unsigned char* value = as_uchar(scalar.storage());
    for (unsigned shift = 0; shift < 3; ++shift) {
        const unsigned mask = 0U - ((static_cast<unsigned>(value[0]) >> shift) & 1U);
        unsigned carry = 0;
        unsigned low = 0;
        for (size_t i = 0; i < order.size(); ++i) {
            const unsigned shifted = (static_cast<unsigned>(order[i]) << shift | low) & 0xffU;
            low = static_cast<unsigned>(order[i]) >> (8 - shift);
            carry += value[i] + (shifted & mask);
            value[i] = static_cast<unsigned char>(carry);
            carry >>= 8;
        }
    }
    for (size_t i = 0; i < order.size(); ++i) {
        const unsigned next = i + 1 < order.size() ? value[i + 1] : 0U;
        value[i] = static_cast<unsigned char>(value[i] >> 3 | next << 5);
    }
    return scalar;
}

void append_part(Bytes& to, ByteView part) {
    append_le<uint64_t>(to, part.size());
    append(to, part);
}

}  // namespace

Spake2::Spake2(Role role, Names names, ByteView password, sys::Random& random)
    : role_(role), my_name_(names.mine), their_name_(names.theirs), password_(sha512(password)) {
    if (::sodium_init() < 0) throw Unsupported("libsodium cannot begin");
    SecretBytes wide(crypto_core_ed25519_NONREDUCEDSCALARBYTES);
    random.fill(wide.storage());
    private_ = reduced(wide.reveal());
    const Point mask = point_of(role == Role::alice ? m_hex : n_hex);
    const SecretBytes scalar = eighth_of_password(password_.reveal());
    message_ = sum(base_times(private_.reveal()), times(scalar.reveal(), mask));
}

SecretBytes Spake2::key(ByteView theirs) const {
    Point point{};
    if (theirs.size() != point.size()) throw Corrupt("a pairing message has 32 bytes");
    std::ranges::copy(theirs, point.begin());
    const Point mask = point_of(role_ == Role::alice ? n_hex : m_hex);
    const SecretBytes scalar = eighth_of_password(password_.reveal());
    const Point shared = times(private_.reveal(), difference(point, times(scalar.reveal(), mask)));
    const bool alice = role_ == Role::alice;
    Bytes transcript;
    append_part(transcript, as_bytes(alice ? my_name_ : their_name_));
    append_part(transcript, as_bytes(alice ? their_name_ : my_name_));
    append_part(transcript, alice ? ByteView(message_) : ByteView(point));
    append_part(transcript, alice ? ByteView(point) : ByteView(message_));
    append_part(transcript, shared);
    append_part(transcript, password_.reveal());
    SecretBytes out = sha512(transcript);
    wipe(transcript);
    return out;
}

}  // namespace lifeboat::crypto
