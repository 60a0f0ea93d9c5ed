// CRC-32C with tables, eight bytes a step ("slicing by eight").
#include "parity/checksum.h"
#include "parity/mix.h"

#include <array>

namespace lifeboat::parity {
namespace {

constexpr uint32_t reflected_polynomial = 0x82f63b78;  // Castagnoli's, lowest bit first
constexpr size_t slices = 8;
using Tables = std::array<std::array<uint32_t, 256>, slices>;

// tables[s][b]: what byte b contributes when s more bytes follow it.
constexpr Tables make_tables() {
    Tables tables{};
    for (uint32_t byte = 0; byte < 256; ++byte) {
        uint32_t value = byte;
        for (int bit = 0; bit < 8; ++bit) {
            value = (value >> 1) ^ ((value & 1) != 0 ? reflected_polynomial : 0);
        }
        tables[0][byte] = value;
    }
    for (size_t s = 1; s < slices; ++s) {
        for (size_t byte = 0; byte < 256; ++byte) {
            const uint32_t before = tables[s - 1][byte];
            tables[s][byte] = (before >> 8) ^ tables[0][before & 0xff];
        }
    }
    return tables;
}

constexpr Tables tables = make_tables();

uint32_t take_eight(uint32_t sum, ByteView bytes, size_t at) {
    const uint64_t word = load_le<uint64_t>(bytes, at) ^ sum;
    uint32_t next = 0;
    for (size_t i = 0; i < slices; ++i) next ^= tables[slices - 1 - i][(word >> (8 * i)) & 0xff];
    return next;
}

}  // namespace

uint32_t crc32c(ByteView bytes) {
    uint32_t sum = UINT32_MAX;
    size_t at = 0;
    for (; bytes.size() - at >= slices; at += slices) sum = take_eight(sum, bytes, at);
    for (; at < bytes.size(); ++at) {
        sum = (sum >> 8) ^ tables[0][(sum ^ std::to_integer<uint32_t>(bytes[at])) & 0xff];
    }
    return ~sum;
}

void checksum_four_portable(const FourShards& shards, uint32_t* checksums) {
    for (size_t q = 0; q < mix_inputs; ++q) {
        checksums[q] = crc32c(ByteView(shards.at[q], shards.length));
    }
}

}  // namespace lifeboat::parity
