// The named values of one row of a phone's database. What the row does not have (NULL) is not
// there, and an empty text is not that; numbers stand as the phone prints them.
#pragma once

#include "base/bytes.h"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace lifeboat::personal {

using Fields = std::map<std::string, std::string, std::less<>>;

// The empty text for what is not there.
const std::string& text_of(const Fields& fields, std::string_view name);
std::optional<std::string> find_text(const Fields& fields, std::string_view name);
// 0 for what is not there or no number.
int64_t number_of(const Fields& fields, std::string_view name);

// An object of texts; a text that is no UTF-8 becomes {"base64": "..."}. `fields_of` throws Corrupt
// for another form, `text_value` for what is no text of that form.
nlohmann::json fields_json(const Fields& fields);
Fields fields_of(const nlohmann::json& json);
nlohmann::json text_json(std::string_view text);
std::string text_value(const nlohmann::json& json);

// A digest of named values: another name, another value, another order is another digest.
class FieldDigest {
public:
    void add(std::string_view name, std::string_view value);
    // Those of the names that are there, in this order.
    void add(const Fields& fields, std::initializer_list<std::string_view> names);
    std::string hex() const;  // 32 digits

private:
    std::string text_;
};

// "2026-11-20 14:03" in UTC, for lists and file names; empty for a time out of any calendar.
std::string minute_text(int64_t milliseconds);

// A line of a list: no line ends, nothing unprintable, not too long.
std::string label_text(std::string_view text);

}  // namespace lifeboat::personal
