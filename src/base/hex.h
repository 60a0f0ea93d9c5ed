// Bytes as lower-case hexadecimal text and back.
#pragma once

#include "base/bytes.h"

#include <optional>
#include <string>
#include <string_view>

namespace lifeboat {

std::string to_hex(ByteView bytes);

// Nothing when the text has an odd length or a character that is no hexadecimal digit (both cases
// are read).
std::optional<Bytes> from_hex(std::string_view text);

}  // namespace lifeboat
