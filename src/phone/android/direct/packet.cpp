#include "phone/android/direct/packet.h"

#include "base/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace lifeboat::phone::android {

uint32_t checksum(ByteView payload) {
    return std::accumulate(
        payload.begin(), payload.end(), uint32_t{0},
        [](uint32_t sum, std::byte b) { return sum + std::to_integer<uint32_t>(b); });
}

std::array<std::byte, header_size> make_header(Command command, uint32_t arg0, uint32_t arg1,
                                               ByteView payload, Checksum kind) {
    const auto word = static_cast<uint32_t>(command);
    const std::array<uint32_t, 6> words{word,
                                        arg0,
                                        arg1,
                                        static_cast<uint32_t>(payload.size()),
                                        kind == Checksum::sum ? checksum(payload) : 0,
                                        word ^ 0xffffffffu};
    std::array<std::byte, header_size> header{};
    for (size_t i = 0; i < header.size(); ++i) {
        header[i] = static_cast<std::byte>(words[i / 4] >> (8 * (i % 4)));
    }
    return header;
}

MutableByteView PacketParser::space() {
    if (have_ < header_size) return MutableByteView(header_).subspan(have_);
    return MutableByteView(packet_.payload).subspan(have_ - header_size);
}

std::optional<Packet> PacketParser::commit(size_t count) {
    const bool was_header = have_ < header_size;
    have_ += count;
    if (was_header && have_ == header_size) read_header();
    if (have_ < header_size || have_ < header_size + packet_.payload.size()) return std::nullopt;
    return finish();
}

void PacketParser::read_header() {
    const auto word = [&](size_t at) { return load_le<uint32_t>(header_, at); };
    packet_ = {word(0), word(4), word(8), {}};
    if ((word(20) ^ 0xffffffffu) != packet_.command) {
        throw Corrupt(fmt::format("adb packet {:08x} has a wrong magic number", packet_.command));
    }
    if (word(12) > max_payload_) {
        throw Corrupt(
            fmt::format("adb packet of {} bytes, the limit is {}", word(12), max_payload_));
    }
    packet_.payload.resize(word(12));
    expected_sum_ = word(16);
}

Packet PacketParser::finish() {
    have_ = 0;
    if (checksum_ == Checksum::sum && checksum(packet_.payload) != expected_sum_) {
        throw Corrupt("adb packet with a wrong checksum");
    }
    return std::move(packet_);
}

}  // namespace lifeboat::phone::android
