// Code points in UTF-8, one at a time, for names that need not be valid.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace lifeboat::repository {

struct DecodedRune {
    char32_t code = 0;
    size_t length = 0;  // 0: the byte at this place starts no valid sequence
};

DecodedRune decode_utf8(std::string_view text, size_t at);

// Surrogates and numbers beyond Unicode become U+FFFD.
void append_utf8(std::string& to, char32_t code);

}  // namespace lifeboat::repository
