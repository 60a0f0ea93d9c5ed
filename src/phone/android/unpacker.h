// What the phone's file service packed, unpacked as it comes: zstd or LZ4 frames, one behind the
// other, or one brotli stream.
#pragma once

#include "base/bytes.h"
#include "phone/android/sync_wire.h"

#include <memory>

namespace lifeboat::phone::android {

// One thread. Throws Corrupt on what is not packed in this way, and on what follows the end of a
// brotli stream. Takes at most some 8 MiB for zstd and LZ4 (a larger window is refused), 16 MiB for
// brotli, whose format has no larger one.
class Unpacker {
public:
    Unpacker();
    ~Unpacker();
    Unpacker(const Unpacker&) = delete;
    Unpacker& operator=(const Unpacker&) = delete;

    // The next file; `packing` is not none.
    void begin(Packing packing);
    // `packed` stays valid until unpack() has given 0.
    void feed(ByteView packed) { packed_ = packed; }
    // Bytes into `out` (not empty); 0: more packed ones are needed.
    size_t unpack(MutableByteView out);
    // Whether what was fed ends where a frame or the stream ends.
    bool is_complete() const { return complete_; }

    // One way of packing.
    class Decoder {
    public:
        virtual ~Decoder() = default;
        virtual void begin() = 0;
        // Takes from the front of `packed`; `complete` tells whether what was taken ends so. Gives
        // 0 only when it needs more.
        virtual size_t unpack(ByteView& packed, MutableByteView out, bool& complete) = 0;
    };

private:
    // Made when first needed.
    std::unique_ptr<Decoder> zstd_, lz4_, brotli_;
    Decoder* decoder_ = nullptr;
    ByteView packed_{};
    bool complete_ = false;
};

}  // namespace lifeboat::phone::android
