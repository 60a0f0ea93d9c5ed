#include "phone/ios/plist_frame.h"

#include "phone/ios/big_endian.h"

#include <fmt/format.h>

#include <limits>

namespace lifeboat::phone::ios {

Bytes plist_frame(const plist::Value& value, plist::Format format) {
    const Bytes body = format == plist::Format::binary ? plist::write_binary(value)
                                                       : to_bytes(plist::write_xml(value));
    if (body.size() > std::numeric_limits<uint32_t>::max()) {
        throw Misuse(fmt::format("a message of {} bytes is too long for an iPhone", body.size()));
    }
    Bytes out;
    out.reserve(frame_length_size + body.size());
    append_be(out, static_cast<uint32_t>(body.size()));
    append(out, body);
    return out;
}

size_t parse_frame_length(ByteView bytes, const FrameLimits& limits) {
    const auto length = load_be<uint32_t>(bytes);
    if (length > limits.bytes) {
        throw Garbled(fmt::format("the phone announces a message of {} bytes", length));
    }
    return length;
}

plist::Value parse_frame_body(ByteView body, const FrameLimits& limits) {
    return plist::read(body, limits.plist);
}

}  // namespace lifeboat::phone::ios
