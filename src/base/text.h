// Small text questions that many modules ask: splitting, trimming, showing bytes that may be
// hostile.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lifeboat {

// "a,b,,c" by ',' is {"a","b","","c"}; an empty text is one empty part.
std::vector<std::string_view> split(std::string_view text, char by);

// Lines without their LF or CRLF; a last line without one counts, an empty end does not.
std::vector<std::string_view> lines(std::string_view text);

std::string_view trim(std::string_view text);

// A decimal number without sign, blanks or anything behind it; nothing on overflow.
std::optional<uint64_t> parse_u64(std::string_view text);
std::optional<int64_t> parse_i64(std::string_view text);

bool is_valid_utf8(std::string_view text);

// Safe to print: control bytes and invalid UTF-8 become \xNN, so that a file name cannot steer a
// terminal.
std::string printable(std::string_view text);

// "18.2 GB": decimal units as on a phone's own screen, at most one digit behind the point.
std::string human_bytes(uint64_t bytes);

// "22,116"
std::string human_count(uint64_t count);

}  // namespace lifeboat
