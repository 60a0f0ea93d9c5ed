// Makes packs of boxes that are sealed already, and the index files that name them: what repair and
// copy write with.
//
// As when backing up, two packs of each type are open at a time, a box goes to one of them by
// chance, and inside a pack the boxes stand in random order: a pack must not tell the lengths of a
// file's pieces in their order. Boxes carry no position, so moving them costs no encryption.
#pragma once

#include "base/guarded.h"
#include "repository/lock.h"
#include "repository/pack.h"
#include "repository/store.h"

#include <array>
#include <functional>
#include <optional>

namespace lifeboat::repository {

enum class DryRun { no, yes };

// Any thread, except where a function says otherwise.
class BoxWriter {
public:
    using Saved = std::function<void(const IndexedPack&)>;

    // `saved` may be empty; it hears of each pack when that is durable. On a dry run everything is
    // made and counted, and nothing is written.
    BoxWriter(Store& store, RepositoryLock& lock, DryRun dry_run, Saved saved = {})
        : store_(store), lock_(lock), dry_run_(dry_run), saved_(std::move(saved)) {}

    // `box` is sealed under this repository's key; the caller has opened it and checked its hash.
    void add(const PackedBlob& blob, ByteView box, const std::stop_token& stop);
    // Compresses and seals.
    void add_plain(BlobType type, const BlobId& id, ByteView plain, const std::stop_token& stop);
    // Seals what is compressed already (or not: `raw_length` 0).
    void add_payload(BlobType type, const BlobId& id, ByteView payload, uint32_t raw_length,
                     const std::stop_token& stop);

    // A pack that is in the place and that the next index file shall name.
    void name_pack(IndexedPack pack, const std::stop_token& stop);

    // Saves the open packs and names everything. No add() may be under way.
    void finish(const std::stop_token& stop);
    // Names what is saved so far; for a run that ends early.
    void write_index(const std::stop_token& stop);

    struct Counts {
        uint64_t packs = 0, blobs = 0, bytes = 0, index_files = 0;
    };
    Counts counts() const {
        return state_.with([](const State& s) { return s.counts; });
    }

private:
    static constexpr size_t open_packs = 2;

    struct OpenPack {
        Bytes boxes{};
        std::vector<PackedBlob> blobs{};  // offsets are those in `boxes`
        uint64_t size = 0;                // of the pack file it will become
    };
    struct Unnamed {
        std::vector<IndexedPack> packs{};
        size_t blobs = 0;
    };
    struct State {
        std::array<std::array<OpenPack, open_packs>, 2> open{};
        Unnamed unnamed{};
        Counts counts{};
    };

    std::optional<OpenPack> put(const PackedBlob& blob, ByteView box, size_t choice);
    void save(OpenPack&& pack, const std::stop_token& stop);
    Bytes assemble(const OpenPack& pack, std::vector<PackedBlob>& blobs);
    void verify(Codec& codec, ByteView pack, const std::vector<PackedBlob>& blobs);
    void save_index(std::vector<IndexedPack> packs, const std::stop_token& stop);

    Store& store_;
    RepositoryLock& lock_;
    DryRun dry_run_;
    Saved saved_;
    Guarded<State> state_;
};

}  // namespace lifeboat::repository
