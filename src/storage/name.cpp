#include "storage/name.h"

#include "base/error.h"
#include "base/text.h"

#include <fmt/core.h>

#include <algorithm>

namespace lifeboat::storage {
namespace {

constexpr size_t longest_part = 200;  // leaves room for the mark of a temporary file in 255
constexpr size_t most_parts = 8;

bool is_name_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
}

bool is_valid_part(std::string_view part) {
    return !part.empty() && part.size() <= longest_part && part != "." && part != ".." &&
           std::all_of(part.begin(), part.end(), is_name_character);
}

}  // namespace

bool is_temporary(std::string_view name) {
    return name.find(temporary_mark) != std::string_view::npos;
}

bool is_valid_name(std::string_view name) {
    const auto parts = split(name, '/');
    return parts.size() <= most_parts && !is_temporary(name) &&
           std::all_of(parts.begin(), parts.end(), is_valid_part);
}

void require_valid_name(std::string_view name) {
    if (is_valid_name(name)) return;
    throw Misuse(fmt::format("not a name for a file of a repository: \"{}\"",
                             printable(name.substr(0, longest_part))));
}

void require_valid_prefix(std::string_view prefix) {
    // Whatever may follow, a letter can: the cut part then is a whole one.
    if (is_valid_name(std::string(prefix) + "x")) return;
    throw Misuse(fmt::format("not the start of a name in a repository: \"{}\"",
                             printable(prefix.substr(0, longest_part))));
}

SplitName split_name(std::string_view name) {
    const size_t slash = name.rfind('/');
    if (slash == std::string_view::npos) return {.folder = {}, .last = std::string(name)};
    return {.folder = std::string(name.substr(0, slash + 1)),
            .last = std::string(name.substr(slash + 1))};
}

}  // namespace lifeboat::storage
