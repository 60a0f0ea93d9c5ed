#include "repository/index_writer.h"

namespace lifeboat::repository {

namespace {

// As restic: some 8 MB of JSON, so that nobody has to hold more than that of it at a time.
constexpr size_t blobs_per_file = 50'000;
// What a kill may cost: packs that no index names yet are copied again.
constexpr uint64_t bytes_per_file = uint64_t{512} << 20;

}  // namespace

void IndexWriter::add(IndexedPack pack, uint64_t pack_size, const std::stop_token& stop) {
    blobs_ += pack.blobs.size();
    bytes_ += pack_size;
    packs_.push_back(std::move(pack));
    if (blobs_ >= blobs_per_file || bytes_ >= bytes_per_file) flush(stop);
}

void IndexWriter::flush(const std::stop_token& stop) {
    if (packs_.empty()) return;
    lock_.prove_held(stop);
    written_.push_back({store_.save_document("index/", encode_index(packs_), stop).value});
    packs_.clear();
    blobs_ = 0;
    bytes_ = 0;
}

}  // namespace lifeboat::repository
