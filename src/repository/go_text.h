// Text as the Go programs write it that made the format: JSON strings and quoted names.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace lifeboat::repository {

// Appends `text` as a JSON string with its quotes.
void append_json_string(std::string& to, std::string_view text);

// A raw name (any bytes) as valid, printable UTF-8 with escapes, without quotes around it.
std::string quote_name(std::string_view raw);
// Nothing when `quoted` is no text that quote_name (or Go) writes.
std::optional<std::string> unquote_name(std::string_view quoted);

}  // namespace lifeboat::repository
