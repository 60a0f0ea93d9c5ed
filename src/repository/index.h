// Which pack holds which blob: a flat table of 53 to 58 bytes a blob.
//
// Entries lie in blocks in the order they came; a separate table of 32-bit numbers finds them by
// id. A blob that lies in several packs has several entries. A blob that a backup is just storing
// has an entry without a pack, so that it is not stored twice.
// Threads: const calls from any thread while nobody changes it; see SharedIndex (store.h).
#pragma once

#include "repository/id_slots.h"
#include "repository/pack.h"

#include <array>
#include <memory>
#include <optional>
#include <vector>

namespace lifeboat::repository {

// Where a copy of a blob lies.
struct BlobPlace {
    PackId pack{};
    PackedBlob blob{};
};

class Index {
public:
    // False when the pack is known already (nothing is added then).
    bool add_pack(const PackId& pack, const std::vector<PackedBlob>& blobs);

    // True when the pack is known with all of these blobs in these places.
    bool says_of(const PackId& pack, const std::vector<PackedBlob>& blobs) const;

    // True when `id` was unknown: it is now pending until resolve() or abandon_pending().
    bool claim(const BlobId& id, BlobType type);
    // Pending blobs got their place in a pack; such a pack counts as known.
    void resolve(const PackId& pack, const std::vector<PackedBlob>& blobs);
    // The blobs that are still pending will not come.
    void abandon_pending();

    // Stored, not merely pending.
    bool has(const BlobId& id, BlobType type) const;
    bool has_or_pending(const BlobId& id, BlobType type) const;
    // All copies, in the order they were added.
    std::vector<BlobPlace> places(const BlobId& id, BlobType type) const;
    // One of them, without allocating.
    std::optional<BlobPlace> place(const BlobId& id, BlobType type) const;

    // Numbers of entries, stable while nothing is added: for bitmaps of a check.
    size_t entry_count() const { return entry_count_; }
    std::vector<size_t> entries(const BlobId& id, BlobType type) const;
    // The first of them, which stands for the blob in such a bitmap; nothing when it is unknown.
    std::optional<size_t> first_entry(const BlobId& id, BlobType type) const;
    struct Numbered {
        size_t pack = 0;
        PackedBlob blob{};
    };
    // Of something stored. The entries of a pack that was added whole follow each other.
    Numbered stored(size_t number) const { return {entry(number).pack(), blob_of(entry(number))}; }
    size_t pack_count() const { return packs_.size(); }
    const PackId& pack_id(size_t number) const { return packs_[number]; }
    std::optional<size_t> pack_number(const PackId& id) const;
    bool knows_pack(const PackId& id) const { return pack_number(id).has_value(); }
    // Calls each(pack number, entry number, blob) for everything stored.
    template <class Each>
    void for_each(Each&& each) const {
        for (size_t i = 0; i < entry_count_; ++i) {
            const Entry& e = entry(i);
            if (e.pack() < no_pack_first) each(size_t{e.pack()}, i, blob_of(e));
        }
    }
    // Bytes of memory taken, for measurements.
    size_t memory() const;

private:
    // 48 bytes. The type shares a word with the pack's number.
    struct Entry {
        BlobId id{};
        uint32_t pack_and_type = 0;
        uint32_t offset = 0;
        uint32_t length = 0;
        uint32_t raw_length = 0;

        uint32_t pack() const { return pack_and_type >> 1; }
        BlobType type() const { return static_cast<BlobType>(pack_and_type & 1); }
    };
    static constexpr size_t block_entries = 4096;
    static constexpr uint32_t pending = UINT32_MAX >> 1;  // instead of a pack's number
    static constexpr uint32_t gone = pending - 1;
    static constexpr uint32_t no_pack_first = gone;
    static constexpr size_t none = SIZE_MAX;

    const Entry& entry(size_t i) const { return (*blocks_[i / block_entries])[i % block_entries]; }
    Entry& entry(size_t i) { return (*blocks_[i / block_entries])[i % block_entries]; }
    static PackedBlob blob_of(const Entry& entry);
    void set(Entry& entry, uint32_t pack, const PackedBlob& blob);
    Entry& append(const BlobId& id);
    uint32_t number_of(const PackId& pack);
    // The number of the first entry of this id and type for which `wanted(entry)` holds, or `none`.
    template <class Wanted>
    size_t find(const BlobId& id, BlobType type, Wanted&& wanted) const;
    size_t find_pending(const BlobId& id, BlobType type) const;

    std::vector<std::unique_ptr<std::array<Entry, block_entries>>> blocks_;
    size_t entry_count_ = 0;
    size_t pending_count_ = 0;
    IdSlots entry_slots_;
    std::vector<PackId> packs_;
    IdSlots pack_slots_;
};

}  // namespace lifeboat::repository
