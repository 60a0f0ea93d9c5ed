// The bytes of one file of an encrypted backup, decrypted on the way.
#pragma once

#include "base/secret.h"
#include "crypto/aes_cbc.h"
#include "item/item.h"

#include <memory>

namespace lifeboat::content {

// AES-256-CBC with a zero IV and PKCS#7, cut to the size that the manifest names. Fastest when read
// in large parts (some 100 kB): the bytes are decrypted where the reader wants them.
class DecryptSource final : public ByteSource {
public:
    // `key` has 32 bytes. Padding may be absent where the size is whole blocks, as old systems left
    // it out.
    DecryptSource(std::unique_ptr<ByteSource> cipher_text, const SecretBytes& key, uint64_t size);

    // Throws Corrupt, at the end, when length or padding are not those of `size` bytes.
    size_t read(MutableByteView out) override;

private:
    size_t read_blocks(MutableByteView out);
    size_t take_some(MutableByteView out);
    void finish();

    std::unique_ptr<ByteSource> cipher_text_;
    crypto::AesCbc cipher_;
    uint64_t left_;             // of the plain text
    uint64_t padding_ = 0;      // bytes that came behind it
    std::byte last_{};          // of all that came
    bool padding_even_ = true;  // all of its bytes are the same
    bool ended_ = false;
    SecretBytes small_;  // for readers of a few bytes
    size_t small_at_ = 0, small_size_ = 0;
};

// A file as it stands in a backup without encryption: what is there must have the named size.
class SizedSource final : public ByteSource {
public:
    SizedSource(std::unique_ptr<ByteSource> content, uint64_t size)
        : content_(std::move(content)), left_(size) {}
    size_t read(MutableByteView out) override;

private:
    std::unique_ptr<ByteSource> content_;
    uint64_t left_;
};

}  // namespace lifeboat::content
