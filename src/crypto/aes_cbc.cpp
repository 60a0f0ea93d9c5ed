#include "crypto/aes_cbc.h"

#include "crypto/evp.h"

#include <algorithm>
#include <array>
#include <cassert>

namespace lifeboat::crypto {

struct AesCbc::Context {
    EvpCipherContext stream{EVP_CIPHER_CTX_new()};
};

AesCbc::AesCbc(ByteView key, CbcDirection direction) : context_(std::make_unique<Context>()) {
    assert(key.size() == 32);
    // Fetched once: a backup opens a million of these, and a fetch takes locks.
    static const EvpCipher cbc(EVP_CIPHER_fetch(nullptr, "AES-256-CBC", nullptr));
    must(cbc != nullptr && context_->stream != nullptr, "offer AES-256-CBC");
    const std::array<unsigned char, aes_block> zero{};
    must(EVP_CipherInit_ex2(context_->stream.get(), cbc.get(), as_uchar(key), zero.data(),
                            direction == CbcDirection::encrypt ? 1 : 0, nullptr) == 1,
         "take a key");
    // Without this the library would hold back the last block of each call.
    must(EVP_CIPHER_CTX_set_padding(context_->stream.get(), 0) == 1, "work without padding");
}

AesCbc::~AesCbc() = default;

void AesCbc::crypt(MutableByteView blocks) {
    assert(blocks.size() % aes_block == 0);
    constexpr size_t step = size_t{1} << 30;  // the library counts in int
    for (size_t at = 0; at < blocks.size(); at += step) {
        const MutableByteView part = blocks.subspan(at, std::min(step, blocks.size() - at));
        int written = 0;
        must(EVP_CipherUpdate(context_->stream.get(), as_uchar(part), &written,
                              as_uchar(ByteView(part)), static_cast<int>(part.size())) == 1,
             "run AES-256-CBC");
    }
}

}  // namespace lifeboat::crypto
