// Standard base64 with padding: how keys, salts and attributes stand in JSON.
#pragma once

#include "base/bytes.h"

#include <optional>
#include <string>
#include <string_view>

namespace lifeboat::crypto {

std::string to_base64(ByteView bytes);

// Nothing unless `text` is exactly what to_base64 writes: padded, no blanks, no stray bits.
std::optional<Bytes> from_base64(std::string_view text);

}  // namespace lifeboat::crypto
