// Files of records in a snapshot: one JSON object a line, under a first line that says what they
// are and how many, so that a cut file shows.
#pragma once

#include "base/bytes.h"

#include <string>
#include <string_view>
#include <vector>

namespace lifeboat::personal {

// `kind` is "contacts", `version` that of the lines' form. Each line is one JSON object without a
// line feed.
std::string write_lines(std::string_view kind, unsigned version,
                        const std::vector<std::string>& lines);

// The lines below the first one, as parts of `text`. Throws Unsupported for another kind or
// version, Corrupt for a first line that is none and when there are more or fewer lines than it
// says.
std::vector<std::string_view> read_lines(std::string_view text, std::string_view kind,
                                         unsigned version);

}  // namespace lifeboat::personal
