#include "plist/unicode.h"

#include <algorithm>

namespace lifeboat::plist {
namespace {

struct Lead {
    size_t length = 0;  // bytes of the whole sequence; 0: no sequence begins like this
    char32_t bits = 0;
    char32_t smallest = 0;  // what a shorter sequence could say must not be said in a longer one
};

Lead lead_of(unsigned char byte) {
    if (byte < 0x80) return {1, byte, 0};
    if ((byte & 0xe0) == 0xc0) return {2, byte & 0x1fU, 0x80};
    if ((byte & 0xf0) == 0xe0) return {3, byte & 0x0fU, 0x800};
    if ((byte & 0xf8) == 0xf0) return {4, byte & 0x07U, 0x10000};
    return {};
}

bool is_surrogate(char32_t unit) {
    return unit >= 0xd800 && unit <= 0xdfff;
}

char32_t unit_at(ByteView units, size_t at) {
    return (std::to_integer<char32_t>(units[at]) << 8) | std::to_integer<char32_t>(units[at + 1]);
}

void append_unit(Bytes& to, char32_t unit) {
    to.push_back(static_cast<std::byte>(unit >> 8));
    to.push_back(static_cast<std::byte>(unit & 0xff));
}

}  // namespace

char32_t take_code_point(std::string_view& text) {
    const Lead lead = lead_of(static_cast<unsigned char>(text.front()));
    char32_t value = lead.bits;
    bool good = lead.length != 0 && lead.length <= text.size();
    for (size_t i = 1; good && i < lead.length; ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        good = (byte & 0xc0) == 0x80;
        value = (value << 6) | (byte & 0x3fU);
    }
    good = good && value >= lead.smallest && value <= 0x10ffff && !is_surrogate(value);
    text.remove_prefix(good ? lead.length : 1);
    return good ? value : replacement_character;
}

void append_utf8(std::string& to, char32_t code_point) {
    const auto put = [&](char32_t byte) { to.push_back(static_cast<char>(byte)); };
    const auto tail = [&](int shift) { put(0x80 | ((code_point >> shift) & 0x3f)); };
    if (code_point < 0x80) {
        put(code_point);
    } else if (code_point < 0x800) {
        put(0xc0 | (code_point >> 6));
        tail(0);
    } else if (code_point < 0x10000) {
        put(0xe0 | (code_point >> 12));
        tail(6);
        tail(0);
    } else {
        put(0xf0 | (code_point >> 18));
        tail(12);
        tail(6);
        tail(0);
    }
}

std::string utf8_from_utf16be(ByteView units) {
    std::string out;
    out.reserve(units.size());
    for (size_t at = 0; at + 2 <= units.size(); at += 2) {
        char32_t unit = unit_at(units, at);
        const bool pair = unit >= 0xd800 && unit <= 0xdbff && at + 4 <= units.size();
        const char32_t low = pair ? unit_at(units, at + 2) : 0;
        if (low >= 0xdc00 && low <= 0xdfff) {
            unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
            at += 2;
        }
        append_utf8(out, is_surrogate(unit) ? replacement_character : unit);
    }
    return out;
}

void append_utf16be(Bytes& to, std::string_view text) {
    while (!text.empty()) {
        const char32_t value = take_code_point(text);
        if (value < 0x10000) {
            append_unit(to, value);
            continue;
        }
        append_unit(to, 0xd800 + ((value - 0x10000) >> 10));
        append_unit(to, 0xdc00 + ((value - 0x10000) & 0x3ff));
    }
}

bool is_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

}  // namespace lifeboat::plist
