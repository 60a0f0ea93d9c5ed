// Lines of JSON under a first line that says what they are (record_lines.h), one value a line.
#pragma once

#include "base/error.h"
#include "personal/record_lines.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

namespace lifeboat::personal {

inline std::string json_line(const nlohmann::json& value) {
    return value.dump();
}

// Calls `each` with every line's value. What it throws of JSON or as Corrupt becomes a Corrupt that
// names the line.
template <class Each>
void each_json_line(std::string_view text, std::string_view kind, unsigned version, Each each) {
    size_t number = 1;
    for (const std::string_view line : read_lines(text, kind, version)) {
        ++number;
        try {
            each(nlohmann::json::parse(line));
        } catch (const nlohmann::json::exception& error) {
            throw Corrupt(fmt::format("line {} of {}: {}", number, kind, error.what()));
        } catch (Error& error) {
            error.add_context(fmt::format("line {} of {}", number, kind));
            throw;
        }
    }
}

}  // namespace lifeboat::personal
