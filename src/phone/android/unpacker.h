// What the phone's file service packed with zstd, unpacked as it comes.
#pragma once

#include "base/bytes.h"

#include <memory>

namespace lifeboat::phone::android {

// One frame after another; one thread. Throws Corrupt on what is no zstd frame, or needs a window
// of more than 8 MiB.
class Unpacker {
public:
    Unpacker();
    ~Unpacker();
    Unpacker(const Unpacker&) = delete;
    Unpacker& operator=(const Unpacker&) = delete;

    void begin();
    // `packed` stays valid until unpack() has given 0.
    void feed(ByteView packed) { packed_ = packed; }
    // Bytes into `out` (not empty); 0: more packed ones are needed.
    size_t unpack(MutableByteView out);
    // Whether what was fed ends where a frame ends.
    bool is_complete() const { return complete_; }

private:
    struct Context;
    std::unique_ptr<Context> context_;
    ByteView packed_{};
    bool complete_ = false;
};

}  // namespace lifeboat::phone::android
