// AES-256 in counter mode, by the library or, several times as wide, with the VAES instructions.
//
// The counter is the whole 16-byte block, counted up as one big-endian number that wraps (NIST SP
// 800-38A, B.1 with m = 128): what the restic format wants.
#pragma once

#include "base/bytes.h"

#include <memory>

namespace lifeboat::crypto {

enum class AesVariant {
    library,  // on any machine
    vaes,     // 32 blocks at a time: AVX-512 with VAES
};
const char* name_of(AesVariant variant);
bool supported(AesVariant variant);
AesVariant best_aes_variant();

// For one thread; nothing is allocated per message.
class AesCtr {
public:
    // `key` has 32 bytes. A variant that the machine does not support becomes the library's.
    explicit AesCtr(ByteView key, AesVariant variant = best_aes_variant());
    ~AesCtr();
    AesCtr(const AesCtr&) = delete;
    AesCtr& operator=(const AesCtr&) = delete;

    // Encrypts or decrypts, which is the same. `counter` has 16 bytes; `to` has the size of `from`
    // and is `from` or does not overlap it.
    void crypt(ByteView counter, ByteView from, MutableByteView to);

private:
    struct Context;
    std::unique_ptr<Context> context_;
};

}  // namespace lifeboat::crypto
