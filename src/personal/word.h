// A word that a person taught the keyboard.
#pragma once

#include "personal/collection.h"
#include "personal/fields.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lifeboat::personal {

// By the names of Android's dictionary (UserDictionary.Words): word, shortcut, locale ("en_GB";
// none: of all languages), frequency (1 to 255).
struct Word {
    Fields fields{};
    bool operator==(const Word&) const = default;
};

Record record_of(const Word& word);

// dictionary.jsonl. The errors of decode_calls.
std::string encode_words(std::span<const Word> words);
std::vector<Word> decode_words(std::string_view text);

}  // namespace lifeboat::personal
