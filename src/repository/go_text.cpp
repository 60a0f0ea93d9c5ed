#include "repository/go_text.h"

#include "repository/printable_table.h"
#include "repository/utf8.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>

namespace lifeboat::repository {

namespace {

constexpr std::string_view escape_names = "abfnrtv\\\"";
constexpr std::string_view escape_values = "\a\b\f\n\r\t\v\\\"";

bool is_plain_ascii(char c) {
    return c >= 0x20 && c < 0x7F && c != '"' && c != '\\';
}

bool is_printable(char32_t code) {
    const auto after = std::upper_bound(printable_ranges.begin(), printable_ranges.end(), code,
                                        [](char32_t c, const CodeRange& r) { return c < r.first; });
    return after != printable_ranges.begin() && code <= std::prev(after)->last;
}

void append_json_escape(std::string& to, char32_t code) {
    switch (code) {
        case '"':
            to += "\\\"";
            return;
        case '\\':
            to += "\\\\";
            return;
        case '\n':
            to += "\\n";
            return;
        case '\r':
            to += "\\r";
            return;
        case '\t':
            to += "\\t";
            return;
        default:
            fmt::format_to(std::back_inserter(to), "\\u{:04x}", static_cast<uint32_t>(code));
    }
}

bool needs_json_escape(char32_t code) {
    return code < 0x20 || code == '"' || code == '\\' || code == '<' || code == '>' ||
           code == '&' || code == 0x2028 || code == 0x2029;
}

void append_quoted_rune(std::string& to, char32_t code, std::string_view bytes) {
    if (code < 0x80) {
        const size_t i = escape_values.find(static_cast<char>(code));
        if (i != std::string_view::npos) {
            to += '\\';
            to += escape_names[i];
            return;
        }
    }
    const auto number = static_cast<uint32_t>(code);
    if (is_printable(code)) {
        to += bytes;
    } else if (code < 0x20 || code == 0x7F) {
        fmt::format_to(std::back_inserter(to), "\\x{:02x}", number);
    } else if (code < 0x10000) {
        fmt::format_to(std::back_inserter(to), "\\u{:04x}", number);
    } else {
        fmt::format_to(std::back_inserter(to), "\\U{:08x}", number);
    }
}

// Reads `count` digits of `base` at `at` and moves behind them.
std::optional<uint32_t> digits(std::string_view text, size_t& at, size_t count, int base) {
    if (at + count > text.size()) return std::nullopt;
    uint32_t value = 0;
    const char* end = text.data() + at + count;
    const auto [stop, error] = std::from_chars(text.data() + at, end, value, base);
    if (error != std::errc{} || stop != end) return std::nullopt;
    at += count;
    return value;
}

// One escape behind its backslash.
bool append_unquoted(std::string& to, std::string_view quoted, size_t& at) {
    if (at >= quoted.size()) return false;
    const char c = quoted[at++];
    if (const size_t i = escape_names.find(c); i != std::string_view::npos) {
        to += escape_values[i];
        return true;
    }
    const bool octal = c >= '0' && c <= '7';
    if (c == 'x' || octal) {
        if (octal) --at;
        const auto byte = octal ? digits(quoted, at, 3, 8) : digits(quoted, at, 2, 16);
        if (!byte || *byte > 0xFF) return false;
        to += static_cast<char>(*byte);
        return true;
    }
    if (c != 'u' && c != 'U') return false;
    const auto code = digits(quoted, at, c == 'u' ? 4 : 8, 16);
    if (!code || *code > 0x10FFFF || (*code >= 0xD800 && *code < 0xE000)) return false;
    append_utf8(to, *code);
    return true;
}

}  // namespace

void append_json_string(std::string& to, std::string_view text) {
    to += '"';
    size_t plain = 0;  // start of what can be copied as it is
    for (size_t at = 0; at < text.size();) {
        const char c = text[at];
        if (is_plain_ascii(c) && c != '<' && c != '>' && c != '&') {
            ++at;
            continue;
        }
        const DecodedRune rune = decode_utf8(text, at);
        const size_t length = std::max<size_t>(1, rune.length);
        if (rune.length == 0 || needs_json_escape(rune.code)) {
            to += text.substr(plain, at - plain);
            append_json_escape(to, rune.length == 0 ? 0xFFFD : rune.code);
            plain = at + length;
        }
        at += length;
    }
    to += text.substr(plain);
    to += '"';
}

std::string quote_name(std::string_view raw) {
    std::string quoted;
    quoted.reserve(raw.size() + 8);
    for (size_t at = 0; at < raw.size();) {
        if (is_plain_ascii(raw[at])) {
            quoted += raw[at++];
            continue;
        }
        const DecodedRune rune = decode_utf8(raw, at);
        if (rune.length == 0) {
            fmt::format_to(std::back_inserter(quoted), "\\x{:02x}",
                           static_cast<unsigned char>(raw[at++]));
            continue;
        }
        append_quoted_rune(quoted, rune.code, raw.substr(at, rune.length));
        at += rune.length;
    }
    return quoted;
}

std::optional<std::string> unquote_name(std::string_view quoted) {
    if (quoted.find_first_of("\\\"\n") == std::string_view::npos) return std::string(quoted);
    std::string raw;
    raw.reserve(quoted.size());
    for (size_t at = 0; at < quoted.size();) {
        const char c = quoted[at++];
        if (c == '"' || c == '\n') return std::nullopt;
        if (c != '\\') {
            raw += c;
        } else if (!append_unquoted(raw, quoted, at)) {
            return std::nullopt;
        }
    }
    return raw;
}

}  // namespace lifeboat::repository
