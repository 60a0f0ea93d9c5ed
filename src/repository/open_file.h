// A file of a snapshot that is read at any offset: which blob an offset falls into comes from the
// sizes in the index, so that only blobs that are needed are read.
#pragma once

#include "item/open_tree.h"
#include "repository/blob_reader.h"

#include <atomic>

namespace lifeboat::repository {

class SnapshotFile final : public OpenFile {
public:
    // `node` lives in `tree`. Asks the index for the sizes of all its blobs.
    SnapshotFile(Store& store, BlobReader& blobs, std::shared_ptr<const Tree> tree,
                 const Node& node, const std::stop_token& stop);

    uint64_t size() const override { return node_.size; }
    std::vector<Piece> read_at(uint64_t offset, size_t size,
                               const std::stop_token& stop) const override;

private:
    void find_sizes(const std::stop_token& stop);
    // Puts the blobs that the index does not know in their places, as far as that can be told.
    void place_unknown(size_t first, size_t last, uint64_t bytes_behind);
    size_t part_at(uint64_t offset) const;
    Piece piece_at(uint64_t offset, size_t size, const std::stop_token& stop) const;
    void read_ahead(size_t part, uint64_t offset, size_t size) const;

    Store& store_;
    BlobReader& blobs_;
    std::shared_ptr<const Tree> tree_;
    const Node& node_;
    // Where each blob begins, and behind the last one where the content ends. 8 bytes a blob.
    std::vector<uint64_t> starts_{};
    // The stretch of blobs whose sizes nobody knows; first > last when there is none.
    size_t unknown_first_ = 1, unknown_last_ = 0;
    mutable std::atomic<uint64_t> expected_{0};  // where a sequential reader reads next
    mutable std::atomic<size_t> asked_{0};       // blobs below this were asked for ahead
};

}  // namespace lifeboat::repository
