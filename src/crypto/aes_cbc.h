// AES-256 in CBC mode without padding of its own, as a phone's backup has it.
//
// CBC proves nothing about the bytes: who decrypts foreign bytes must check what comes out.
#pragma once

#include "base/bytes.h"

#include <memory>

namespace lifeboat::crypto {

inline constexpr size_t aes_block = 16;

enum class CbcDirection { encrypt, decrypt };

// One stream of whole blocks, for one thread.
class AesCbc {
public:
    // `key` has 32 bytes. The IV is zero, as in all of a phone's backups: each file has its own
    // key.
    AesCbc(ByteView key, CbcDirection direction);
    ~AesCbc();
    AesCbc(const AesCbc&) = delete;
    AesCbc& operator=(const AesCbc&) = delete;

    // Continues the stream in place. A multiple of 16 bytes; the larger the faster when decrypting,
    // because the library then works on many blocks at once.
    void crypt(MutableByteView blocks);

private:
    struct Context;
    std::unique_ptr<Context> context_;
};

}  // namespace lifeboat::crypto
