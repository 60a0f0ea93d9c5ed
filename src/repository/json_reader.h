// Reads JSON from front to back without building a document: trees and indexes are too large for
// one, and their bytes are not trusted.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lifeboat::repository {

// The caller says what it expects next; everything else throws Corrupt with the position. Depth is
// limited, memory is the text and one string.
class JsonReader {
public:
    // `what` names the text in errors: "the index", "the tree"; it outlives the reader.
    JsonReader(std::string_view text, const char* what) : text_(text), what_(what) {}

    void begin_object() { open('{'); }
    // The next key, or false (and the object is closed). `key` is valid until the next call.
    bool next_key(std::string_view& key);
    void begin_array() { open('['); }
    // True when an element follows, false when the array is closed.
    bool next_element() { return next(']'); }

    // Valid until the next string is read.
    std::string_view string();
    uint64_t number();
    bool boolean();
    // Takes a null when there is one.
    bool take_null();
    // Passes over any value and returns its text.
    std::string_view skip();
    // Nothing but blanks may follow.
    void end();

    [[noreturn]] void fail(const char* problem) const;

private:
    static constexpr size_t max_depth = 64;

    void open(char bracket);
    bool next(char closing);
    char peek();
    void blanks();
    void expect(char c);
    bool take_word(std::string_view word);
    std::string_view escaped_string(size_t start);
    void escape();
    char32_t hex4();
    void skip_value();

    std::string_view text_;
    const char* what_;
    size_t at_ = 0;
    std::string unescaped_;
    std::vector<bool> fresh_;  // of each open bracket: nothing read inside yet
};

// The id written as 64 hexadecimal digits; anything else fails.
template <class SomeId>
SomeId read_id(JsonReader& json) {
    const auto id = SomeId::parse(json.string());
    if (!id) json.fail("an id is not 64 hexadecimal digits");
    return *id;
}

}  // namespace lifeboat::repository
