// One setting of a phone: a name in a table, and its value, any text.
#pragma once

#include "personal/collection.h"

#include <string>
#include <string_view>

namespace lifeboat::personal {

struct Setting {
    std::string table{};  // "system", "secure", "global"
    std::string name{};
    std::string value{};
    bool operator==(const Setting&) const = default;
};

std::string encode(const Setting& setting);
// Throws Corrupt.
Setting decode_setting(std::string_view line);
Record record_of(const Setting& setting);

}  // namespace lifeboat::personal
