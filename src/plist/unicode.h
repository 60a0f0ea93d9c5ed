// Text between UTF-8, which this program uses, and UTF-16, which binary property lists use.
#pragma once

#include "base/bytes.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace lifeboat::plist {

inline constexpr char32_t replacement_character = 0xfffd;

// The next code point of `text`, which is not empty, taken off its front. Bytes that are no UTF-8
// give U+FFFD, one for each.
char32_t take_code_point(std::string_view& text);

void append_utf8(std::string& to, char32_t code_point);

// Big-endian pairs of bytes; a half surrogate pair becomes U+FFFD. An odd last byte is left out.
std::string utf8_from_utf16be(ByteView units);

// Appends big-endian pairs of bytes.
void append_utf16be(Bytes& to, std::string_view text);

bool is_ascii(std::string_view text);

}  // namespace lifeboat::plist
