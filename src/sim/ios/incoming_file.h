// A file of a backup on its way back: decrypted, and written into a file of this machine.
#pragma once

#include "base/secret.h"
#include "crypto/aes_cbc.h"
#include "crypto/sha1.h"
#include "item/item.h"

#include <cstdint>
#include <optional>
#include <string>

namespace lifeboat::sim::ios {

// AES-256-CBC with a zero IV under another source. Throws Corrupt when it does not end with a whole
// block.
class DecryptingSource final : public ByteSource {
public:
    DecryptingSource(ByteSource& encrypted, ByteView key)
        : encrypted_(encrypted), cipher_(key, crypto::CbcDirection::decrypt) {}
    // `out` has room for a block.
    size_t read(MutableByteView out) override;

private:
    ByteSource& encrypted_;
    crypto::AesCbc cipher_;
};

struct Arrived {
    uint64_t size = 0;
    crypto::Sha1Value digest{};
};

// Writes all of `content` into a new file; `size`, where it is given, cuts off what comes behind
// (the padding of an encrypted file: at most one block). Throws Corrupt when the size is another
// one, NoSpace when this machine cannot keep it.
Arrived write_incoming(ByteSource& content, const std::string& host_path,
                       std::optional<uint64_t> size);

}  // namespace lifeboat::sim::ios
