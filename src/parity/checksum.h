// CRC-32C, which tells damaged shards from whole ones. It guards against accidents only: what is
// rebuilt is trusted because of its SHA-256.
#pragma once

#include "base/bytes.h"

namespace lifeboat::parity {

uint32_t crc32c(ByteView bytes);

}  // namespace lifeboat::parity
