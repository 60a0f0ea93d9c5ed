// zstd frames, made and opened with contexts that are kept from blob to blob.
#pragma once

#include "base/bytes.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace lifeboat::repository {

// For one thread.
class Compressor {
public:
    explicit Compressor(int level);
    ~Compressor();
    Compressor(const Compressor&) = delete;
    Compressor& operator=(const Compressor&) = delete;

    // The frame's size in `to`, or nothing when it does not fit there: a way to say how much it
    // must save.
    std::optional<size_t> compress(ByteView from, MutableByteView to);

    // Whether a few samples say that it is not worth trying: media, or what is encrypted already.
    // Costs a fiftieth of a try on a piece of the usual size.
    bool looks_random(ByteView from);

    // Room that is always enough.
    static size_t bound(size_t size);

private:
    struct Context;
    std::unique_ptr<Context> context_;
};

// For one thread.
class Decompressor {
public:
    Decompressor();
    ~Decompressor();
    Decompressor(const Decompressor&) = delete;
    Decompressor& operator=(const Decompressor&) = delete;

    // False unless `frame` holds exactly to.size() bytes.
    [[nodiscard]] bool decompress(ByteView frame, MutableByteView to);
    // Nothing when `frame` is damaged or holds more than `limit` bytes.
    std::optional<std::string> decompress_text(ByteView frame, size_t limit);

private:
    struct Context;
    // The frame does not say how much it holds.
    std::optional<std::string> decompress_unknown(ByteView frame, size_t limit);

    std::unique_ptr<Context> context_;
};

}  // namespace lifeboat::repository
