#include "cli/qr_picture.h"

#include "base/bytes.h"
#include "base/error.h"

#include <fmt/format.h>
#include <qrencode.h>

#include <memory>

namespace lifeboat::cli {
namespace {

constexpr size_t border = 4;  // modules, as the standard wants
constexpr std::string_view black_on_white = "\x1b[38;5;16;48;5;231m";
constexpr std::string_view black_ground = "\x1b[48;5;16m";
constexpr std::string_view white_ground = "\x1b[48;5;231m";
constexpr std::string_view plain = "\x1b[0m";
constexpr size_t svg_scale = 8;

}  // namespace

QrPicture::QrPicture(std::string_view text) {
    const Bytes bytes = to_bytes(text);
    // Little correction makes a small picture; a screen has no dirt.
    const std::unique_ptr<QRcode, decltype(&QRcode_free)> code(
        QRcode_encodeData(static_cast<int>(bytes.size()), as_uchar(ByteView(bytes)), 0,
                          QR_ECLEVEL_L),
        &QRcode_free);
    if (!code) throw Misuse("this text does not fit into a QR code");
    width_ = static_cast<size_t>(code->width);
    for (size_t i = 0; i < width_ * width_; ++i) dark_.push_back((code->data[i] & 1) != 0);
}

bool QrPicture::is_dark_within_border(size_t x, size_t y) const {
    if (x < border || y < border || x >= width_ + border || y >= width_ + border) return false;
    return is_dark(x - border, y - border);
}

std::string QrPicture::for_terminal(bool utf8) const {
    return utf8 ? in_half_blocks() : in_blanks();
}

std::string QrPicture::in_half_blocks() const {
    const size_t side = width_ + 2 * border;
    std::string out;
    for (size_t y = 0; y < side; y += 2) {
        out += black_on_white;
        for (size_t x = 0; x < side; ++x) {
            const bool upper = is_dark_within_border(x, y);
            const bool lower = is_dark_within_border(x, y + 1);
            out += upper && lower ? "█" : upper ? "▀" : lower ? "▄" : " ";
        }
        out += plain;
        out += '\n';
    }
    return out;
}

std::string QrPicture::in_blanks() const {
    const size_t side = width_ + 2 * border;
    std::string out;
    for (size_t y = 0; y < side; ++y) {
        for (size_t x = 0; x < side; ++x) {
            out += is_dark_within_border(x, y) ? black_ground : white_ground;
            out += "  ";
        }
        out += plain;
        out += '\n';
    }
    return out;
}

std::string QrPicture::as_svg() const {
    const size_t side = width_ + 2 * border;
    std::string out = fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{0}\" "
        "viewBox=\"0 0 {1} {1}\" shape-rendering=\"crispEdges\">\n"
        "<rect width=\"{1}\" height=\"{1}\" fill=\"#fff\"/>\n<path d=\"",
        side * svg_scale, side);
    for (size_t y = 0; y < width_; ++y) {
        for (size_t x = 0; x < width_; ++x) {
            if (is_dark(x, y)) out += fmt::format("M{} {}h1v1h-1z", x + border, y + border);
        }
    }
    return out + "\"/>\n</svg>\n";
}

}  // namespace lifeboat::cli
