// The packets of the adb wire: a 24-byte header and a payload, read from bytes that may be hostile.
#pragma once

#include "base/bytes.h"

#include <array>
#include <cstdint>
#include <optional>

namespace lifeboat::phone::android {

enum class Command : uint32_t {
    cnxn = 0x4e584e43,
    stls = 0x534c5453,
    auth = 0x48545541,
    open = 0x4e45504f,
    okay = 0x59414b4f,
    wrte = 0x45545257,
    clse = 0x45534c43,
};

constexpr size_t header_size = 24;
constexpr uint32_t version_with_checksum = 0x01000000;
constexpr uint32_t version_no_checksum = 0x01000001;
constexpr uint32_t max_payload_before_connection = 4096;

struct Packet {
    uint32_t command = 0;
    uint32_t arg0 = 0;
    uint32_t arg1 = 0;
    Bytes payload{};
    bool operator==(const Packet&) const = default;
};

enum class Checksum { none, sum };

// The byte sum of old versions.
uint32_t checksum(ByteView payload);

std::array<std::byte, header_size> make_header(Command command, uint32_t arg0, uint32_t arg1,
                                               ByteView payload, Checksum kind);

// Puts packets together from bytes as they come. The bytes go where space() points, so that a
// payload is received in place; one thread.
class PacketParser {
public:
    // Where the next bytes go: never empty.
    MutableByteView space();

    // `count` bytes (at most space().size()) have arrived. The packet, when they completed one.
    // Throws Corrupt on a wrong magic number, a payload over the limit, a wrong checksum.
    std::optional<Packet> commit(size_t count);

    void set_max_payload(uint32_t limit) { max_payload_ = limit; }
    void set_checksum(Checksum kind) { checksum_ = kind; }

private:
    void read_header();
    Packet finish();

    std::array<std::byte, header_size> header_{};
    size_t have_ = 0;  // of the header, then of the payload behind it
    Packet packet_{};
    uint32_t expected_sum_ = 0;
    uint32_t max_payload_ = max_payload_before_connection;
    Checksum checksum_ = Checksum::none;
};

}  // namespace lifeboat::phone::android
