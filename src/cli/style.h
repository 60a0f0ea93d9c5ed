// Colours and symbols, each with a word beside it, and what to use where neither is possible.
#pragma once

#include "app/environment.h"

#include <string>
#include <string_view>

namespace lifeboat::cli {

enum class Tone { plain, good, bad, warn, muted, strong };

// How to write on one stream.
struct Style {
    bool color = false;
    bool utf8 = false;

    // Wrapped in the colour's codes, when there are colours. The text must be safe to print.
    std::string paint(Tone tone, std::string_view text) const;
    std::string_view tick() const { return utf8 ? "✓" : "+"; }
    std::string_view cross() const { return utf8 ? "✗" : "x"; }
    std::string_view exclamation() const { return "!"; }
    std::string_view question() const { return "?"; }
    std::string_view dot() const { return utf8 ? "·" : "-"; }
    std::string_view arrow() const { return utf8 ? "→" : "->"; }
    std::string_view dash() const { return utf8 ? "–" : "-"; }
};

// `wanted` is auto, always or never. auto: a terminal that is not dumb, unless NO_COLOR or
// CLICOLOR=0; CLICOLOR_FORCE makes it always.
Style style_for(const app::Environment& environment, std::string_view wanted, bool is_terminal);

// Columns on the screen: one for each character, none for combining marks, two for wide ones.
size_t columns(std::string_view text);
// Filled with blanks to this many columns.
std::string padded(std::string_view text, size_t width);
std::string padded_left(std::string_view text, size_t width);

}  // namespace lifeboat::cli
