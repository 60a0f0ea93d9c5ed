// A property list behind its length: how lockdown, nearly every service of an iPhone and DeviceLink
// put messages on the wire. Both ends use this. Pure functions.
#pragma once

#include "base/bytes.h"
#include "phone/phone.h"
#include "plist/plist.h"

#include <cstdint>

namespace lifeboat::phone::ios {

inline constexpr size_t frame_length_size = 4;  // big-endian, without itself

// What one end accepts from the other.
struct FrameLimits {
    size_t bytes = 0;
    plist::Limits plist{};
};

// lockdown and the small services: the largest seen is a page of the list of apps (some 100 kB).
inline constexpr FrameLimits service_limits{
    .bytes = size_t{16} << 20,
    .plist = {.depth = 64, .values = 1'000'000, .bytes = size_t{64} << 20}};
// DeviceLink: a listing of a folder of a million files, about 100 bytes and 4 values for each.
inline constexpr FrameLimits device_link_limits{
    .bytes = size_t{128} << 20,
    .plist = {.depth = 32, .values = 8'000'000, .bytes = size_t{256} << 20}};

// Throws Misuse when it is longer than 32 bits can tell.
Bytes plist_frame(const plist::Value& value, plist::Format format);

// The size of the body, from the first frame_length_size bytes. Throws Garbled beyond the limit.
size_t parse_frame_length(ByteView bytes, const FrameLimits& limits);

// Throws Malformed.
plist::Value parse_frame_body(ByteView body, const FrameLimits& limits);

}  // namespace lifeboat::phone::ios
