// The three compressions of sync's version 2, as streams in both directions.
#pragma once

#include "base/bytes.h"

#include <cstdint>
#include <functional>
#include <memory>

namespace lifeboat::sim::adb {

constexpr uint32_t flag_brotli = 1;
constexpr uint32_t flag_lz4 = 2;
constexpr uint32_t flag_zstd = 4;

// One direction of one file. Output comes in pieces of any size; one thread.
class Codec {
public:
    using Out = std::function<void(ByteView)>;
    virtual ~Codec() = default;
    // Throws Corrupt when compressed input is none.
    virtual void feed(ByteView data, const Out& out) = 0;
    virtual void finish(const Out& out) = 0;
};

// `flag` is one of the three.
std::unique_ptr<Codec> make_encoder(uint32_t flag);
std::unique_ptr<Codec> make_decoder(uint32_t flag);

}  // namespace lifeboat::sim::adb
