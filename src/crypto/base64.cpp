#include "crypto/base64.h"

#include <array>

namespace lifeboat::crypto {

namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr uint8_t no_digit = 0xFF;

constexpr std::array<uint8_t, 256> make_digits() {
    std::array<uint8_t, 256> digits{};
    digits.fill(no_digit);
    for (size_t i = 0; i < alphabet.size(); ++i) {
        digits[static_cast<unsigned char>(alphabet[i])] = static_cast<uint8_t>(i);
    }
    return digits;
}
constexpr auto digit_of = make_digits();

}  // namespace

std::string to_base64(ByteView bytes) {
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (size_t at = 0; at < bytes.size(); at += 3) {
        const size_t count = std::min<size_t>(3, bytes.size() - at);
        uint32_t group = 0;
        for (size_t i = 0; i < 3; ++i) {
            group = group << 8 | (i < count ? std::to_integer<uint32_t>(bytes[at + i]) : 0);
        }
        for (size_t i = 0; i < 4; ++i) {
            text += i <= count ? alphabet[group >> (18 - 6 * i) & 63] : '=';
        }
    }
    return text;
}

std::optional<Bytes> from_base64(std::string_view text) {
    if (text.size() % 4 != 0) return std::nullopt;
    Bytes bytes;
    bytes.reserve(text.size() / 4 * 3);
    for (size_t at = 0; at < text.size(); at += 4) {
        const bool last = at + 4 == text.size();
        const size_t padding = !last || text[at + 3] != '=' ? 0 : text[at + 2] != '=' ? 1 : 2;
        uint32_t group = 0;
        for (size_t i = 0; i < 4 - padding; ++i) {
            const uint8_t digit = digit_of[static_cast<unsigned char>(text[at + i])];
            if (digit == no_digit) return std::nullopt;
            group |= uint32_t{digit} << (18 - 6 * i);
        }
        if ((group & ((1u << (8 * padding)) - 1)) != 0) return std::nullopt;
        for (size_t i = 0; i < 3 - padding; ++i) {
            bytes.push_back(static_cast<std::byte>(group >> (16 - 8 * i)));
        }
    }
    return bytes;
}

}  // namespace lifeboat::crypto
