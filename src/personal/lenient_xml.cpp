#include "personal/lenient_xml.h"

#include "base/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <utility>

namespace lifeboat::personal {

namespace {

constexpr std::string_view blanks = " \t\r\n";
constexpr std::string_view replacement = "\xef\xbf\xbd";
constexpr size_t longest_reference = 10;  // "&#x10FFFF;"

constexpr std::array<std::pair<std::string_view, char>, 5> named{
    {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}}};

bool is_high(uint32_t code) {
    return code >= 0xd800 && code < 0xdc00;
}
bool is_low(uint32_t code) {
    return code >= 0xdc00 && code < 0xe000;
}

void append_utf8(std::string& to, uint32_t code) {
    const auto byte = [&](uint32_t value) { to += static_cast<char>(value); };
    if (code < 0x80) return byte(code);
    if (code < 0x800) {
        byte(0xc0 | code >> 6);
    } else {
        if (code < 0x10000) {
            byte(0xe0 | code >> 12);
        } else {
            byte(0xf0 | code >> 18);
            byte(0x80 | (code >> 12 & 0x3f));
        }
        byte(0x80 | (code >> 6 & 0x3f));
    }
    byte(0x80 | (code & 0x3f));
}

struct Reference {
    uint32_t code = 0;
    size_t size = 0;  // with & and ;
};

std::optional<Reference> reference_at(std::string_view text, size_t at) {
    if (at >= text.size() || text[at] != '&') return std::nullopt;
    const size_t end = text.substr(at, longest_reference).find(';');
    if (end == std::string_view::npos) return std::nullopt;
    std::string_view inside = text.substr(at + 1, end - 1);
    if (inside.empty()) return std::nullopt;
    for (const auto& [name, code] : named) {
        if (inside == name) return Reference{static_cast<unsigned char>(code), end + 1};
    }
    if (inside.front() != '#') return std::nullopt;
    inside.remove_prefix(1);
    const bool is_hex = inside.starts_with('x') || inside.starts_with('X');
    if (is_hex) inside.remove_prefix(1);
    uint32_t code = 0;
    const auto [stop, error] =
        std::from_chars(inside.data(), inside.data() + inside.size(), code, is_hex ? 16 : 10);
    if (error != std::errc() || stop != inside.data() + inside.size() || inside.empty())
        return std::nullopt;
    if (code > 0x10ffff) return std::nullopt;
    return Reference{code, end + 1};
}

// Bytes of the UTF-8 sequence at `at` that XML may hold; 0 when there is none.
size_t allowed_length(std::string_view text, size_t at) {
    const auto byte = [&](size_t i) {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
    };
    const auto follows = [&](size_t i) { return (byte(i) & 0xc0) == 0x80; };
    const unsigned first = byte(at);
    if (first < 0x80) return first >= 0x20 && first != 0x7f ? 1 : 0;
    if (first >= 0xc2 && first < 0xe0) return follows(at + 1) ? 2 : 0;
    if (first >= 0xe0 && first < 0xf0) {
        if (!follows(at + 1) || !follows(at + 2)) return 0;
        const uint32_t code =
            (first & 0x0f) << 12 | (byte(at + 1) & 0x3f) << 6 | (byte(at + 2) & 0x3f);
        return code >= 0x800 && !is_high(code) && !is_low(code) && code < 0xfffe ? 3 : 0;
    }
    if (first < 0xf0 || first > 0xf4) return 0;
    if (!follows(at + 1) || !follows(at + 2) || !follows(at + 3)) return 0;
    const unsigned second = byte(at + 1);
    if (first == 0xf0 && second < 0x90) return 0;
    if (first == 0xf4 && second > 0x8f) return 0;
    return 4;
}

std::string_view escape_of(char c) {
    switch (c) {
        case '&':
            return "&amp;";
        case '<':
            return "&lt;";
        case '>':
            return "&gt;";
        case '"':
            return "&quot;";
        case '\n':
            return "&#10;";
        case '\r':
            return "&#13;";
        case '\t':
            return "&#9;";
        default:
            return {};
    }
}

}  // namespace

std::optional<std::string_view> XmlTag::raw(std::string_view attribute) const {
    for (const XmlAttribute& one : attributes) {
        if (one.name == attribute) return one.raw;
    }
    return std::nullopt;
}

bool LenientXml::skip_past(std::string_view end) {
    const size_t found = text_.find(end, at_);
    at_ = found == std::string_view::npos ? text_.size() : found + end.size();
    return found != std::string_view::npos;
}

// Stands at a `<` that opens or closes an element, or at the end.
bool LenientXml::skip_to_tag() {
    while (true) {
        at_ = std::min(text_.find('<', at_), text_.size());
        const std::string_view rest = text_.substr(at_);
        if (rest.empty()) return false;
        if (rest.starts_with("<!--")) {
            skip_past("-->");
        } else if (rest.starts_with("<?")) {
            skip_past("?>");
        } else if (rest.starts_with("<!")) {
            skip_past(">");
        } else {
            return true;
        }
    }
}

void LenientXml::skip_blanks() {
    at_ = std::min(text_.find_first_not_of(blanks, at_), text_.size());
}

std::string_view LenientXml::take_name() {
    const size_t begin = at_;
    at_ = std::min(text_.find_first_of(" \t\r\n=/><\"'", at_), text_.size());
    return text_.substr(begin, at_ - begin);
}

bool LenientXml::take_attribute(XmlTag& tag) {
    XmlAttribute one{.name = take_name()};
    if (one.name.empty()) throw Corrupt(fmt::format("no attribute at byte {}", at_));
    skip_blanks();
    if (at_ >= text_.size()) return false;
    if (text_[at_] != '=') throw Corrupt(fmt::format("an attribute without value at byte {}", at_));
    ++at_;
    skip_blanks();
    if (at_ >= text_.size()) return false;
    const char quote = text_[at_];
    if (quote != '"' && quote != '\'')
        throw Corrupt(fmt::format("a value without quotes at byte {}", at_));
    const size_t end = text_.find(quote, at_ + 1);
    if (end == std::string_view::npos) {
        at_ = text_.size();
        return false;
    }
    one.raw = text_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 1;
    if (tag.attributes.size() == max_attributes) throw Corrupt("a tag has too many attributes");
    tag.attributes.push_back(one);
    return true;
}

std::optional<XmlTag> LenientXml::next() {
    if (!skip_to_tag()) return std::nullopt;
    ++at_;
    XmlTag tag{.begins = true};
    if (at_ < text_.size() && text_[at_] == '/') {
        tag = {.ends = true};
        ++at_;
    }
    tag.name = take_name();
    while (true) {
        skip_blanks();
        if (at_ >= text_.size()) return std::nullopt;
        if (text_[at_] == '>') {
            ++at_;
            if (tag.name.empty()) throw Corrupt(fmt::format("a tag without name at byte {}", at_));
            return tag;
        }
        if (text_[at_] == '/') {
            tag.ends = true;
            ++at_;
        } else if (!take_attribute(tag)) {
            return std::nullopt;
        }
    }
}

std::string decode_xml(std::string_view raw) {
    std::string text;
    text.reserve(raw.size());
    size_t at = 0;
    while (at < raw.size()) {
        const size_t next = std::min(raw.find('&', at), raw.size());
        text += raw.substr(at, next - at);
        at = next;
        if (at == raw.size()) break;
        const auto reference = reference_at(raw, at);
        if (!reference) {
            text += raw[at++];
            continue;
        }
        at += reference->size;
        const auto second = is_high(reference->code) ? reference_at(raw, at) : std::nullopt;
        if (second && is_low(second->code)) {
            append_utf8(text, 0x10000 + ((reference->code - 0xd800) << 10) + second->code - 0xdc00);
            at += second->size;
        } else if (is_high(reference->code) || is_low(reference->code)) {
            text += replacement;
        } else {
            append_utf8(text, reference->code);
        }
    }
    return text;
}

std::string encode_xml(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    size_t at = 0;
    while (at < text.size()) {
        if (const std::string_view escape = escape_of(text[at]); !escape.empty()) {
            out += escape;
            ++at;
            continue;
        }
        const size_t length = allowed_length(text, at);
        out += length == 0 ? replacement : text.substr(at, length);
        at += std::max<size_t>(length, 1);
    }
    return out;
}

}  // namespace lifeboat::personal
