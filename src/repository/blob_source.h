// A file's content as a stream over its blobs.
#pragma once

#include "repository/store.h"

#include <array>
#include <optional>
#include <vector>

namespace lifeboat::repository {

// Reads a few blobs at a time, into memory that is kept, so that their hashes are taken side by
// side: twice as fast as one after the other.
class BlobSource final : public ByteSource {
public:
    BlobSource(Store& store, std::vector<BlobId> content, std::stop_token stop)
        : store_(store), content_(std::move(content)), stop_(std::move(stop)) {}
    size_t read(MutableByteView out) override;

private:
    struct Piece {
        ByteView bytes{};
        Blob loaded{};  // what holds them, when that is not the codec
    };

    // False at the end of the file.
    bool fill();
    void open_some();
    // Every copy is tried for those that are not what they should be.
    void prove_opened();

    Store& store_;
    std::vector<BlobId> content_;
    std::stop_token stop_;
    std::optional<CodecPool::Lease> codec_{};
    std::array<Piece, crypto::sha256_lanes> pieces_{};
    size_t next_ = 0;   // of the content
    size_t count_ = 0;  // pieces that were opened
    size_t piece_ = 0;  // the one that is being given
    size_t at_ = 0;     // in it
};

}  // namespace lifeboat::repository
