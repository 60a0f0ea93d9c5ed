#include "personal/word.h"

#include "personal/json_lines.h"

#include <fmt/format.h>

namespace lifeboat::personal {

namespace {

constexpr std::string_view kind = "dictionary";
constexpr unsigned version = 1;

}  // namespace

// A keyboard counts how often a word is used: that is no change a person would miss.
Record record_of(const Word& word) {
    FieldDigest digest;
    digest.add(word.fields, {"word", "shortcut", "locale"});
    const std::string& locale = text_of(word.fields, "locale");
    const std::string shown = label_text(text_of(word.fields, "word"));
    return {.identity = fmt::format("{}|{}", locale, text_of(word.fields, "word")),
            .digest = digest.hex(),
            .label = locale.empty() ? shown : fmt::format("{} ({})", shown, label_text(locale))};
}

std::string encode_words(std::span<const Word> words) {
    std::vector<std::string> lines;
    for (const Word& word : words) lines.push_back(json_line(fields_json(word.fields)));
    return write_lines(kind, version, lines);
}

std::vector<Word> decode_words(std::string_view text) {
    std::vector<Word> words;
    each_json_line(text, kind, version,
                   [&](const nlohmann::json& line) { words.push_back({fields_of(line)}); });
    return words;
}

}  // namespace lifeboat::personal
