// Names of the files in a place: checked once, for every backend, before anything is touched.
#pragma once

#include <string>
#include <string_view>

namespace lifeboat::storage {

// Writers keep what is not finished under "<final name>-tmp-<random>", as restic does; such names
// are never listed and cannot be asked for.
constexpr std::string_view temporary_mark = "-tmp-";
bool is_temporary(std::string_view name);

// Parts of [A-Za-z0-9._-] with '/' between them, none of them empty, "." or "..", at most 200 bytes
// each and 8 in number, and not a temporary one.
bool is_valid_name(std::string_view name);
// Throws Misuse when it is not.
void require_valid_name(std::string_view name);

// The same for the start of names: it may be empty, and its last part may be cut short.
void require_valid_prefix(std::string_view prefix);

// "data/ab/" and "abcd" of "data/ab/abcd".
struct SplitName {
    std::string folder{};
    std::string last{};
};
SplitName split_name(std::string_view name);

}  // namespace lifeboat::storage
