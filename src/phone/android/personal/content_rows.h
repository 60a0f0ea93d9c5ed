// What `content query` prints: "Row: N column=value, column=value", a line a row, and nothing in it
// escaped. A text may hold commas, line ends and whole rows, so the exact reading goes in steps:
// whole numbers first, which cannot be mistaken; then the texts of rows whose ids are known, where
// a value is believed only when its place is the only possible one.
#pragma once

#include "phone/phone.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lifeboat::phone::android {

// "No result found." and nothing else.
bool is_no_result(std::string_view text);

// Old shells make two bytes of each line end. True when every line of a text that holds only
// numbers ends so; then `without_returns` undoes it exactly.
bool has_returns(std::string_view numbers);
std::string without_returns(std::string_view text);

using Number = std::optional<int64_t>;

// Rows of whole numbers and NULLs, one for each column. Throws Garbled for anything else: a cut
// line, another column, a row out of its order.
std::vector<std::vector<Number>> parse_number_rows(std::string_view text,
                                                   std::span<const std::string> columns);

// Rows whose every value is one word: numbers, hexadecimal, the names of types. The same errors.
std::vector<std::vector<std::string>> parse_word_rows(std::string_view text,
                                                      std::span<const std::string> columns);

// A row that must come, and the number in its last column, as the phone prints it.
struct ExpectedRow {
    int64_t id = 0;
    std::string seal{};
};

struct TextColumns {
    std::vector<std::string> names{};  // at least one
    std::string seal{};                // the last column, whose values are known; may be empty
};

struct TextRows {
    size_t seen = 0;  // how many of the expected rows, from the first on, are in the text
    // The values of each row seen, as printed; nothing where a value could end in two places.
    std::vector<std::optional<std::vector<std::string>>> rows{};
};

// The rows `_id`, the texts, the seal. Throws Garbled for a text that is not these rows in their
// order, up to one of them: it was cut, or the table changed meanwhile.
TextRows parse_text_rows(std::string_view text, std::span<const ExpectedRow> expected,
                         const TextColumns& columns);

// The value in a row that was asked for alone and with one column. Nothing when it is not this row.
std::optional<std::string> parse_lone_text(std::string_view text, const ExpectedRow& expected,
                                           const std::string& column, const std::string& seal);

}  // namespace lifeboat::phone::android
