// Reads chosen sealed blobs of packs with as few requests as that takes.
#pragma once

#include "repository/store.h"

#include <functional>
#include <vector>

namespace lifeboat::repository {

// The blobs that are wanted of one pack, by offset.
struct BoxJob {
    PackId pack{};
    std::vector<PackedBlob> blobs{};
};

// A stretch of a pack and the wanted blobs in it.
struct BoxStretch {
    PackId pack{};
    uint64_t offset = 0;
    Bytes bytes{};  // fewer than asked for when they could not be read
    std::vector<PackedBlob> blobs{};

    // What was read of the blob's box.
    ByteView box(const PackedBlob& blob) const {
        const size_t from = std::min<size_t>(bytes.size(), blob.offset - offset);
        return ByteView(bytes).subspan(from, std::min<size_t>(bytes.size() - from, blob.length));
    }
};

// Gives the job's blobs in stretches of a few MiB until `each` returns false. What the place cannot
// read or does not have is missing from the bytes; other failures are thrown.
void read_stretches(Store& store, const BoxJob& job, const std::function<bool(BoxStretch&&)>& each,
                    const std::stop_token& stop);

// Gives the next job; nothing at the end.
using NextBoxJob = std::function<std::optional<BoxJob>()>;

// Tells every blob whose box is not whole in that pack. One thread at a time calls `next` and
// `broken`.
void find_broken_boxes(Store& store, const NextBoxJob& next,
                       const std::function<void(const PackId&, const PackedBlob&)>& broken,
                       const std::stop_token& stop);

// How many threads may wait for the place at a time.
size_t count_readers(const Store& store);

}  // namespace lifeboat::repository
