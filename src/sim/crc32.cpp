#include "sim/crc32.h"

namespace lifeboat::sim {

uint32_t crc32(ByteView data) {
    uint32_t crc = 0xffffffffu;
    for (const std::byte b : data) {
        crc ^= std::to_integer<uint32_t>(b);
        for (int i = 0; i < 8; ++i) crc = (crc >> 1) ^ ((crc & 1u) != 0 ? 0xedb88320u : 0);
    }
    return ~crc;
}

}  // namespace lifeboat::sim
