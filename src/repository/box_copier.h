// Copies sealed blobs as they are into new packs: nothing is decrypted, inflated or hashed anew, so
// that it costs little more than reading and writing.
#pragma once

#include "base/queue.h"
#include "base/task_group.h"
#include "repository/arena.h"
#include "repository/box_reader.h"
#include "repository/index_writer.h"

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <optional>

namespace lifeboat::repository {

struct CopyResult {
    uint64_t blobs = 0;
    std::vector<std::pair<PackId, uint64_t>> packs{};  // written, with their sizes
};

// Blobs go by chance into one of two open packs of their type, and those that lay together are
// taken in random order: who sees the place cannot tell the lengths of a file's chunks.
class BoxCopier {
public:
    // Hears the bytes of each piece that was copied; from one thread.
    using Copied = std::function<void(uint64_t bytes)>;

    BoxCopier(Store& store, RepositoryLock& lock, IndexWriter& index, Copied copied)
        : store_(store), lock_(lock), index_(index), copied_(std::move(copied)) {}

    // Once; one thread at a time calls `next`. When it returns, all is durable and in index files.
    // When it throws, whole packs that were stored are in an index file as far as that could be
    // written, so that the next run needs not copy them again. Throws Corrupt for a blob of which
    // no copy is whole.
    CopyResult run(const NextBoxJob& next, const std::stop_token& stop);

private:
    struct OpenPack {
        Block memory{};
        size_t used = 0;
        uint64_t sealed_size = 0;  // of the pack file it will become
        std::vector<PackedBlob> blobs{};
    };
    struct FullPack {
        Block memory{};
        size_t size = 0;
        PackId id{};
        std::vector<PackedBlob> blobs{};
    };

    static constexpr size_t open_packs = 2;

    void read(Guarded<const NextBoxJob*>& next, const std::stop_token& stop);
    void pack_all(const std::stop_token& stop);
    void pack(Codec& codec, const BoxStretch& stretch, const PackedBlob& blob,
              const std::stop_token& stop);
    // False when what arrived in the pack is no whole box: nothing was added then.
    bool append(Codec& codec, PackedBlob blob, ByteView box, const std::stop_token& stop);
    // Room for a blob in an open pack; one that is full is finished first.
    OpenPack& open_pack(Codec& codec, const PackedBlob& blob, const std::stop_token& stop);
    // A whole box of the blob from any copy. Throws Corrupt when there is none.
    Bytes rescue(Codec& codec, const PackId& pack, PackedBlob& blob, const std::stop_token& stop);
    // The box of a tree that was not compressed, compressed.
    Bytes compressed(Codec& codec, PackedBlob& blob, ByteView box);
    void finish(Codec& codec, OpenPack& pack, const std::stop_token& stop);
    void save_all(const std::stop_token& stop);
    void save_index_of_stored_packs() noexcept;

    Store& store_;
    RepositoryLock& lock_;
    IndexWriter& index_;
    Copied copied_;
    // Packs that are being filled (two of each kind), that wait, and that is stored.
    Arena arena_{size_t{64} << 20};
    BoundedQueue<BoxStretch> stretches_{8};
    BoundedQueue<FullPack> full_packs_{1};
    std::atomic<size_t> readers_ = 0;
    std::array<std::array<std::unique_ptr<OpenPack>, open_packs>, 2> open_{};
    CopyResult result_{};
};

}  // namespace lifeboat::repository
