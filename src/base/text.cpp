#include "base/text.h"

#include <fmt/format.h>

#include <array>
#include <charconv>

namespace lifeboat {

namespace {

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
    Number value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

bool continues(std::string_view text, size_t at, size_t count) {
    if (at + count > text.size()) return false;
    for (size_t i = 0; i < count; ++i) {
        if ((static_cast<unsigned char>(text[at + i]) & 0xC0u) != 0x80u) return false;
    }
    return true;
}

// Length of the valid UTF-8 sequence at `at`, 0 when there is none (overlong forms and surrogates
// are none).
size_t utf8_length(std::string_view text, size_t at) {
    const auto lead = static_cast<unsigned char>(text[at]);
    if (lead < 0x80) return 1;
    const auto next = at + 1 < text.size() ? static_cast<unsigned char>(text[at + 1]) : 0u;
    if (lead >= 0xC2 && lead <= 0xDF) return continues(text, at + 1, 1) ? 2 : 0;
    if (lead >= 0xE0 && lead <= 0xEF) {
        if ((lead == 0xE0 && next < 0xA0) || (lead == 0xED && next > 0x9F)) return 0;
        return continues(text, at + 1, 2) ? 3 : 0;
    }
    if (lead >= 0xF0 && lead <= 0xF4) {
        if ((lead == 0xF0 && next < 0x90) || (lead == 0xF4 && next > 0x8F)) return 0;
        return continues(text, at + 1, 3) ? 4 : 0;
    }
    return 0;
}

// Those that turn the direction of all that follows on the line (U+202A to U+202E, U+2066 to
// U+2069): with them a name can change how the words beside it read.
bool turns_direction(std::string_view sequence) {
    return (sequence >= "\xE2\x80\xAA" && sequence <= "\xE2\x80\xAE") ||
           (sequence >= "\xE2\x81\xA6" && sequence <= "\xE2\x81\xA9");
}

// C0 controls, DEL and the C1 controls (which some terminals obey) in UTF-8 form.
bool is_control(std::string_view sequence) {
    const auto first = static_cast<unsigned char>(sequence[0]);
    if (sequence.size() == 1) return first < 0x20 || first == 0x7F;
    if (sequence.size() == 3) return turns_direction(sequence);
    return sequence.size() == 2 && first == 0xC2 && static_cast<unsigned char>(sequence[1]) < 0xA0;
}

}  // namespace

std::vector<std::string_view> split(std::string_view text, char by) {
    std::vector<std::string_view> parts;
    for (size_t at = 0;;) {
        const size_t end = text.find(by, at);
        parts.push_back(text.substr(at, end == std::string_view::npos ? end : end - at));
        if (end == std::string_view::npos) return parts;
        at = end + 1;
    }
}

std::vector<std::string_view> lines(std::string_view text) {
    std::vector<std::string_view> found;
    while (!text.empty()) {
        const size_t end = text.find('\n');
        std::string_view line = text.substr(0, end);
        if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
        found.push_back(line);
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    }
    return found;
}

std::string_view trim(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\n";
    const size_t first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::optional<uint64_t> parse_u64(std::string_view text) {
    return parse_number<uint64_t>(text);
}
std::optional<int64_t> parse_i64(std::string_view text) {
    return parse_number<int64_t>(text);
}

bool is_valid_utf8(std::string_view text) {
    for (size_t at = 0; at < text.size();) {
        const size_t length = utf8_length(text, at);
        if (length == 0) return false;
        at += length;
    }
    return true;
}

std::string printable(std::string_view text) {
    std::string shown;
    for (size_t at = 0; at < text.size();) {
        const size_t length = utf8_length(text, at);
        if (length == 0 || is_control(text.substr(at, length))) {
            shown += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[at]));
            ++at;
            continue;
        }
        shown += text.substr(at, length);
        at += length;
    }
    return shown;
}

std::string human_bytes(uint64_t bytes) {
    constexpr std::array units{"KB", "MB", "GB", "TB", "PB", "EB"};
    if (bytes < 1000) return fmt::format("{} B", bytes);
    double value = static_cast<double>(bytes) / 1000;
    size_t unit = 0;
    for (; value >= 999.95 && unit + 1 < units.size(); ++unit) value /= 1000;
    return value < 99.95 ? fmt::format("{:.1f} {}", value, units[unit])
                         : fmt::format("{:.0f} {}", value, units[unit]);
}

std::string human_count(uint64_t count) {
    std::string digits = std::to_string(count);
    for (size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
    return digits;
}

}  // namespace lifeboat
