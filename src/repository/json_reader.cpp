#include "repository/json_reader.h"

#include "base/error.h"
#include "repository/utf8.h"

#include <fmt/format.h>

#include <charconv>

namespace lifeboat::repository {

void JsonReader::fail(const char* problem) const {
    throw Corrupt(fmt::format("{} is not readable: {} at byte {}", what_, problem, at_));
}

void JsonReader::blanks() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '\t')) {
        ++at_;
    }
}

char JsonReader::peek() {
    blanks();
    if (at_ >= text_.size()) fail("it ends too early");
    return text_[at_];
}

void JsonReader::expect(char c) {
    if (peek() != c) fail("another character was expected");
    ++at_;
}

bool JsonReader::take_word(std::string_view word) {
    peek();
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
}

void JsonReader::open(char bracket) {
    expect(bracket);
    if (fresh_.size() >= max_depth) fail("it is nested too deep");
    fresh_.push_back(true);
}

bool JsonReader::next(char closing) {
    if (peek() == closing) {
        ++at_;
        fresh_.pop_back();
        return false;
    }
    if (!fresh_.back()) {
        expect(',');
        peek();
    }
    fresh_.back() = false;
    return true;
}

bool JsonReader::next_key(std::string_view& key) {
    if (!next('}')) return false;
    key = string();
    expect(':');
    return true;
}

std::string_view JsonReader::string() {
    expect('"');
    const size_t start = at_;
    for (; at_ < text_.size(); ++at_) {
        const auto c = static_cast<unsigned char>(text_[at_]);
        if (c == '"') return text_.substr(start, at_++ - start);
        if (c == '\\') return escaped_string(start);
        if (c < 0x20) fail("a control character inside a string");
    }
    fail("a string has no end");
}

std::string_view JsonReader::escaped_string(size_t start) {
    unescaped_.assign(text_.substr(start, at_ - start));
    while (at_ < text_.size()) {
        const char c = text_[at_];
        if (c == '"') {
            ++at_;
            return unescaped_;
        }
        if (static_cast<unsigned char>(c) < 0x20) fail("a control character inside a string");
        ++at_;
        if (c == '\\') {
            escape();
        } else {
            unescaped_ += c;
        }
    }
    fail("a string has no end");
}

void JsonReader::escape() {
    constexpr std::string_view names = "\"\\/bfnrt";
    constexpr std::string_view values = "\"\\/\b\f\n\r\t";
    if (at_ >= text_.size()) fail("a string has no end");
    const char c = text_[at_++];
    if (const size_t i = names.find(c); i != std::string_view::npos) {
        unescaped_ += values[i];
        return;
    }
    if (c != 'u') fail("an unknown escape");
    char32_t code = hex4();
    if (code >= 0xD800 && code < 0xDC00 && text_.substr(at_).starts_with("\\u")) {
        const size_t back = at_;
        at_ += 2;
        const char32_t low = hex4();
        if (low >= 0xDC00 && low < 0xE000) {
            code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
        } else {
            at_ = back;
        }
    }
    append_utf8(unescaped_, code);
}

char32_t JsonReader::hex4() {
    uint32_t code = 0;
    if (at_ + 4 > text_.size()) fail("a string has no end");
    const char* end = text_.data() + at_ + 4;
    const auto [stop, error] = std::from_chars(text_.data() + at_, end, code, 16);
    if (error != std::errc{} || stop != end) fail("an unknown escape");
    at_ += 4;
    return code;
}

uint64_t JsonReader::number() {
    peek();
    uint64_t value = 0;
    const char* first = text_.data() + at_;
    const auto [stop, error] = std::from_chars(first, text_.data() + text_.size(), value);
    if (error != std::errc{}) fail("a number was expected");
    if (*first == '0' && stop != first + 1) fail("a number with a leading zero");
    at_ += static_cast<size_t>(stop - first);
    if (at_ < text_.size() && std::string_view(".eE").find(text_[at_]) != std::string_view::npos) {
        fail("a whole number was expected");
    }
    return value;
}

bool JsonReader::boolean() {
    if (take_word("true")) return true;
    if (take_word("false")) return false;
    fail("true or false was expected");
}

bool JsonReader::take_null() {
    return take_word("null");
}

std::string_view JsonReader::skip() {
    peek();
    const size_t start = at_;
    skip_value();
    return text_.substr(start, at_ - start);
}

// Brackets are counted in `fresh_`, not on the stack of calls.
void JsonReader::skip_value() {
    const size_t depth = fresh_.size();
    do {
        const char c = peek();
        const bool closing = fresh_.size() > depth && (c == ']' || c == '}');
        if (closing) {
            ++at_;
            fresh_.pop_back();
        } else if (c == '{' || c == '[') {
            open(c);
        } else if (c == '"') {
            string();
        } else if (fresh_.size() > depth && (c == ',' || c == ':')) {
            ++at_;
        } else if (!take_word("true") && !take_word("false") && !take_word("null")) {
            const size_t end =
                std::min(text_.find_first_not_of("+-.0123456789eE", at_), text_.size());
            if (end == at_) fail("a value was expected");
            at_ = end;
        }
    } while (fresh_.size() > depth);
}

void JsonReader::end() {
    blanks();
    if (at_ != text_.size()) fail("something follows behind its end");
}

}  // namespace lifeboat::repository
