// What one thread needs to turn blobs into boxes and back: every context made once, every buffer
// kept.
#pragma once

#include "base/guarded.h"
#include "crypto/sealed_box.h"
#include "crypto/sha256.h"
#include "crypto/sha256_lanes.h"
#include "repository/buffer.h"
#include "repository/compression.h"
#include "sys/random.h"

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace lifeboat::repository {

struct Codec {
    Codec(const crypto::BoxKey& key, int compression_level)
        : box(key), compressor(compression_level) {}

    crypto::SealedBox box;
    crypto::Sha256 sha;
    Compressor compressor;
    Decompressor decompressor;
    Buffer opened{};       // the frame in a box
    Buffer pack{};         // a whole pack file that is read back
    Buffer second_pack{};  // another that is proven beside it
    // What is hashed: one a lane. The first also takes a frame while it is made.
    std::array<Buffer, crypto::sha256_lanes> lanes{};
    // What else there is to hash while a whole pack is, which takes one lane longer than the others
    // need for its blobs; may be empty.
    crypto::Sha256Feed meanwhile{};
};

// Codecs that are not in use. Any thread.
class CodecPool {
public:
    CodecPool(const crypto::BoxKey& key, int compression_level)
        : key_(key.duplicate()), level_(compression_level) {}

    // Given back when it goes.
    class Lease {
    public:
        Lease(CodecPool& pool, std::unique_ptr<Codec> codec)
            : pool_(pool), codec_(std::move(codec)) {}
        ~Lease() {
            if (codec_ != nullptr) pool_.give_back(std::move(codec_));
        }
        Lease(Lease&&) = default;
        Lease(const Lease&) = delete;
        Lease& operator=(const Lease&) = delete;
        Codec& operator*() { return *codec_; }
        Codec* operator->() { return codec_.get(); }

    private:
        CodecPool& pool_;
        std::unique_ptr<Codec> codec_;
    };

    Lease lend();

private:
    void give_back(std::unique_ptr<Codec> codec);

    crypto::BoxKey key_;
    int level_;
    Guarded<std::vector<std::unique_ptr<Codec>>> idle_;
};

// Sixteen fresh random bytes, never all zero.
using Iv = std::array<std::byte, crypto::SealedBox::iv_size>;
Iv fresh_iv(sys::Random& random);

// Small files of a repository (index, snapshot, lock): a flag byte and a zstd frame, sealed.
Bytes seal_document(Codec& codec, sys::Random& random, std::string_view json);
// Throws Corrupt when the box was changed or is of another key, Unsupported for an unknown flag.
// `name` is the file's, for the message.
std::string open_document(Codec& codec, ByteView sealed, const std::string& name);

// Without a flag byte and never compressed: the config file.
Bytes seal_plain(Codec& codec, sys::Random& random, std::string_view text);
std::string open_plain(Codec& codec, ByteView sealed, const std::string& name);

// What to say about a file whose bytes are wrong.
[[noreturn]] void throw_damaged(const std::string& name, const std::string& problem);

}  // namespace lifeboat::repository
