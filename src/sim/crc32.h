// CRC-32 as zip and gzip use it.
#pragma once

#include "base/bytes.h"

namespace lifeboat::sim {

uint32_t crc32(ByteView data);

}  // namespace lifeboat::sim
