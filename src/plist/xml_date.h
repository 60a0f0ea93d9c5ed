// Dates as XML property lists write them: "2026-11-25T10:12:00Z", no fraction, any year to 9999.
#pragma once

#include "plist/value.h"

#include <optional>
#include <string>
#include <string_view>

namespace lifeboat::plist {

// Fractions are cut; what lies outside the years 0 to 9999 becomes the nearest one inside.
std::string to_xml_date(Date date);

// Nothing when the text is no such date.
std::optional<Date> from_xml_date(std::string_view text);

}  // namespace lifeboat::plist
