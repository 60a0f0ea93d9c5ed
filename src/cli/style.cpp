#include "cli/style.h"

#include <fmt/format.h>

#include <array>

namespace lifeboat::cli {
namespace {

std::string_view code(Tone tone) {
    switch (tone) {
        case Tone::good:
            return "32";
        case Tone::bad:
            return "31";
        case Tone::warn:
            return "33";
        case Tone::muted:
            return "2";
        case Tone::strong:
            return "1";
        case Tone::plain:
            return "";
    }
    return "";
}

struct Block {
    char32_t first;
    char32_t last;
};
// The large ranges are enough for a table to stand straight.
constexpr std::array wide{
    Block{0x1100, 0x115F},   Block{0x2E80, 0xA4CF},   Block{0xAC00, 0xD7A3},
    Block{0xF900, 0xFAFF},   Block{0xFE30, 0xFE6F},   Block{0xFF00, 0xFF60},
    Block{0x1F300, 0x1F64F}, Block{0x1F900, 0x1F9FF}, Block{0x20000, 0x3FFFD}};
constexpr std::array combining{Block{0x0300, 0x036F}, Block{0x200B, 0x200F}, Block{0x20D0, 0x20FF},
                               Block{0xFE00, 0xFE0F}, Block{0xFE20, 0xFE2F}};

template <size_t N>
bool in(const std::array<Block, N>& blocks, char32_t c) {
    for (const Block& block : blocks) {
        if (c >= block.first && c <= block.last) return true;
    }
    return false;
}

// One code point of valid UTF-8; `at` moves behind it.
char32_t next(std::string_view text, size_t& at) {
    const auto first = static_cast<unsigned char>(text[at++]);
    if (first < 0x80) return first;
    const int more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
    char32_t c = first & (0x3FU >> more);
    for (int i = 0; i < more && at < text.size(); ++i) {
        c = (c << 6U) | (static_cast<unsigned char>(text[at++]) & 0x3FU);
    }
    return c;
}

}  // namespace

std::string Style::paint(Tone tone, std::string_view text) const {
    if (!color || tone == Tone::plain) return std::string(text);
    return fmt::format("\x1b[{}m{}\x1b[0m", code(tone), text);
}

Style style_for(const app::Environment& environment, std::string_view wanted, bool is_terminal) {
    Style style{.utf8 = environment.speaks_utf8()};
    if (wanted == "always") style.color = true;
    if (wanted != "auto") return style;
    if (environment.has("NO_COLOR")) return style;
    const auto forced = environment.get("CLICOLOR_FORCE");
    if (forced && *forced != "0") {
        style.color = true;
        return style;
    }
    style.color = is_terminal && environment.get("CLICOLOR").value_or("1") != "0" &&
                  environment.get("TERM").value_or("dumb") != "dumb";
    return style;
}

size_t columns(std::string_view text) {
    size_t count = 0;
    for (size_t at = 0; at < text.size();) {
        const char32_t c = next(text, at);
        if (!in(combining, c)) count += in(wide, c) ? 2 : 1;
    }
    return count;
}

std::string padded(std::string_view text, size_t width) {
    const size_t used = columns(text);
    return std::string(text) + std::string(used < width ? width - used : 0, ' ');
}

std::string padded_left(std::string_view text, size_t width) {
    const size_t used = columns(text);
    return std::string(used < width ? width - used : 0, ' ') + std::string(text);
}

}  // namespace lifeboat::cli
