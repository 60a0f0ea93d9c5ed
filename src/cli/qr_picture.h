// A text as a QR code (ISO/IEC 18004), drawn by libqrencode.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace lifeboat::cli {

// A square of modules, true where it is dark; without the border that a reader needs around it.
class QrPicture {
public:
    // Throws Misuse for a text that is too long.
    explicit QrPicture(std::string_view text);

    size_t width() const { return width_; }
    bool is_dark(size_t x, size_t y) const { return dark_[y * width_ + x]; }

    // Black on white whatever the terminal's colours are: many readers do not know a code whose
    // colours are exchanged. Half blocks, two modules in each character, one above the other;
    // without UTF-8 two blanks for each module.
    std::string for_terminal(bool utf8) const;
    std::string as_svg() const;

private:
    // With the border: `x` and `y` count from its corner.
    bool is_dark_within_border(size_t x, size_t y) const;
    std::string in_half_blocks() const;
    std::string in_blanks() const;

    size_t width_ = 0;
    std::vector<bool> dark_{};
};

}  // namespace lifeboat::cli
