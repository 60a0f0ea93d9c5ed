// A file of the phone on its way into a backup: opened, a database made into a compact copy,
// counted and hashed, and encrypted.
#pragma once

#include "base/secret.h"
#include "crypto/aes_cbc.h"
#include "crypto/sha1.h"
#include "item/item.h"
#include "sim/fd.h"

#include <memory>
#include <optional>
#include <string>

namespace lifeboat::sim::ios {

// A file of this machine, read to its end.
class PlainFile final : public ByteSource {
public:
    // Throws Missing.
    explicit PlainFile(const std::string& path);
    size_t read(MutableByteView out) override;
    // Of what was read so far.
    uint64_t size() const { return size_; }
    crypto::Sha1Value digest() { return sha1_.finish(); }

private:
    Fd file_;
    uint64_t size_ = 0;
    crypto::Sha1 sha1_;
};

enum class Padding { pkcs7, none };

// AES-256-CBC with a zero IV over another source. Without padding the source must have whole
// blocks; throws Corrupt otherwise.
class EncryptingSource final : public ByteSource {
public:
    EncryptingSource(ByteSource& plain, ByteView key, Padding padding);
    size_t read(MutableByteView out) override;

private:
    void fill();

    ByteSource& plain_;
    crypto::AesCbc cipher_;
    Padding padding_;
    Bytes ready_{};
    size_t at_ = 0;
    bool ended_ = false;
};

// A whole copy of the database, journal included, without its empty pages, in a file of `folder`
// that its owner removes. Nothing when SQLite cannot make one: it is sent as it lies there then.
std::optional<std::string> compact_database(const std::string& path, const std::string& folder);

}  // namespace lifeboat::sim::ios
