// Gathers blobs into packs. Two packs of each type are open at a time and a blob goes to one of
// them by chance, and inside a pack the blobs stand in random order, so that who sees the places
// cannot read the lengths of a file's chunks off them.
//
// A blob waits compressed, or in the memory it was read into; it is sealed straight into its final
// place when its pack is full.
#pragma once

#include "repository/arena.h"
#include "repository/store.h"

#include <array>
#include <functional>

namespace lifeboat::repository {

// A finished pack file in memory.
struct SealedPack {
    Buffer memory{};
    size_t size = 0;
    PackId id{};
    std::vector<PackedBlob> blobs{};
    ByteView bytes() const { return memory.view(size); }
};

// Any thread.
class Packer {
public:
    using Deliver = std::function<void(SealedPack&&)>;

    // `deliver` takes finished packs and may block; it is called by whoever filled the pack.
    // Memory comes from `arena` and goes back there.
    Packer(Store& store, Arena& arena, Deliver deliver)
        : store_(store), arena_(arena), deliver_(std::move(deliver)) {}

    // `owner`, which may be null, holds `plain`: it is taken when the blob is stored as it is, so
    // that nothing is copied.
    void add(Codec& codec, BlobType type, const BlobId& id, ByteView plain, Block* owner);
    // Finishes what is open. No add() may be under way.
    void flush(Codec& codec);
    // Memory of packs that were delivered and are of no more use.
    void recycle(Buffer memory);

private:
    static constexpr size_t open_packs = 2;

    struct Staged {
        PackedBlob blob{};  // its offset is not known yet
        ByteView payload{};
    };
    struct OpenPack {
        std::vector<Block> memory{};  // what the payloads lie in
        MutableByteView room{};       // what is left of the last block for small ones
        uint64_t sealed_size = crypto::SealedBox::overhead + 4;  // of the file it will become
        std::vector<Staged> blobs{};
        size_t writers = 0;  // threads that still copy into it
        bool closed = false;
    };
    using OpenPacks = std::array<std::shared_ptr<OpenPack>, open_packs>;
    struct State {
        std::array<OpenPacks, 2> packs{};
        std::vector<Buffer> spare{};
    };
    struct Place {
        std::shared_ptr<OpenPack> pack{};
        MutableByteView memory{};          // where the payload goes; empty when it was taken
        std::shared_ptr<OpenPack> full{};  // a pack that had to make room
    };

    static bool compress(Codec& codec, BlobType type, ByteView plain, ByteView& payload);
    Place reserve(const PackedBlob& blob, ByteView payload, Block* owner);
    MutableByteView room_for(OpenPack& pack, size_t size);
    void finish(Codec& codec, const std::vector<std::shared_ptr<OpenPack>>& parts);
    void seal(Codec& codec, const std::vector<const Staged*>& order, SealedPack& pack);
    static void verify(Codec& codec, SealedPack& pack);
    Buffer take_spare();

    Store& store_;
    Arena& arena_;
    Deliver deliver_;
    Guarded<State> state_;
};

}  // namespace lifeboat::repository
