#include "repository/index.h"

#include <cassert>

namespace lifeboat::repository {

size_t Index::slot_of(const BlobId& id) const {
    return IdHash{}(id) & (slots_.size() - 1);
}

template <class Wanted>
size_t Index::find(const BlobId& id, BlobType type, Wanted&& wanted) const {
    if (slots_.empty()) return none;
    for (size_t slot = slot_of(id); slots_[slot] != empty_slot;
         slot = (slot + 1) & (slots_.size() - 1)) {
        const Entry& candidate = entry(slots_[slot]);
        if (candidate.id == id && candidate.type() == type && wanted(candidate)) {
            return slots_[slot];
        }
    }
    return none;
}

size_t Index::find_pending(const BlobId& id, BlobType type) const {
    return find(id, type, [](const Entry& e) { return e.pack() == pending; });
}

PackedBlob Index::blob_of(const Entry& entry) {
    return {.id = entry.id,
            .type = entry.type(),
            .offset = entry.offset,
            .length = entry.length,
            .raw_length = entry.raw_length};
}

void Index::set(Entry& entry, uint32_t pack, const PackedBlob& blob) {
    entry.pack_and_type = pack << 1 | static_cast<uint32_t>(blob.type);
    entry.offset = blob.offset;
    entry.length = blob.length;
    entry.raw_length = blob.raw_length;
}

Index::Entry& Index::append(const BlobId& id) {
    if (entry_count_ == blocks_.size() * block_entries) {
        blocks_.push_back(std::make_unique<std::array<Entry, block_entries>>());
    }
    const size_t number = entry_count_++;
    assert(number < empty_slot);
    entry(number).id = id;
    if (entry_count_ * 5 > slots_.size() * 4) {
        grow_slots();
    } else {
        insert_slot(number);
    }
    return entry(number);
}

void Index::insert_slot(size_t number) {
    size_t slot = slot_of(entry(number).id);
    while (slots_[slot] != empty_slot) slot = (slot + 1) & (slots_.size() - 1);
    slots_[slot] = static_cast<uint32_t>(number);
}

void Index::grow_slots() {
    const size_t size = std::max<size_t>(1024, slots_.size() * 2);
    slots_.clear();
    slots_.shrink_to_fit();  // the old table must not stand beside the new one
    slots_.assign(size, empty_slot);
    for (size_t i = 0; i < entry_count_; ++i) insert_slot(i);
}

uint32_t Index::number_of(const PackId& pack) {
    const auto [at, added] = pack_numbers_.try_emplace(pack, static_cast<uint32_t>(packs_.size()));
    if (added) packs_.push_back(pack);
    assert(packs_.size() < no_pack_first);
    return at->second;
}

bool Index::add_pack(const PackId& pack, const std::vector<PackedBlob>& blobs) {
    if (knows_pack(pack)) return false;
    const uint32_t number = number_of(pack);
    for (const PackedBlob& blob : blobs) set(append(blob.id), number, blob);
    return true;
}

bool Index::claim(const BlobId& id, BlobType type) {
    if (has_or_pending(id, type)) return false;
    const size_t reusable = find(id, type, [](const Entry&) { return true; });
    set(reusable != none ? entry(reusable) : append(id), pending, {.id = id, .type = type});
    ++pending_count_;
    return true;
}

void Index::resolve(const PackId& pack, const std::vector<PackedBlob>& blobs) {
    const uint32_t number = number_of(pack);
    for (const PackedBlob& blob : blobs) {
        const size_t at = find_pending(blob.id, blob.type);
        if (at != none) --pending_count_;
        set(at != none ? entry(at) : append(blob.id), number, blob);
    }
}

void Index::abandon_pending() {
    for (size_t i = 0; i < entry_count_ && pending_count_ > 0; ++i) {
        if (entry(i).pack() != pending) continue;
        entry(i).pack_and_type = gone << 1 | (entry(i).pack_and_type & 1);
        --pending_count_;
    }
}

bool Index::has(const BlobId& id, BlobType type) const {
    return find(id, type, [](const Entry& e) { return e.pack() < no_pack_first; }) != none;
}

bool Index::has_or_pending(const BlobId& id, BlobType type) const {
    return find(id, type, [](const Entry& e) { return e.pack() != gone; }) != none;
}

std::vector<BlobPlace> Index::places(const BlobId& id, BlobType type) const {
    std::vector<BlobPlace> found;
    for (const size_t i : entries(id, type)) {
        found.push_back({packs_[entry(i).pack()], blob_of(entry(i))});
    }
    return found;
}

std::optional<BlobPlace> Index::place(const BlobId& id, BlobType type) const {
    const size_t at = find(id, type, [](const Entry& e) { return e.pack() < no_pack_first; });
    if (at == none) return std::nullopt;
    return BlobPlace{packs_[entry(at).pack()], blob_of(entry(at))};
}

std::optional<size_t> Index::first_entry(const BlobId& id, BlobType type) const {
    const size_t at = find(id, type, [](const Entry& e) { return e.pack() < no_pack_first; });
    return at == none ? std::nullopt : std::optional(at);
}

std::vector<size_t> Index::entries(const BlobId& id, BlobType type) const {
    std::vector<size_t> found;
    if (slots_.empty()) return found;
    for (size_t slot = slot_of(id); slots_[slot] != empty_slot;
         slot = (slot + 1) & (slots_.size() - 1)) {
        const Entry& e = entry(slots_[slot]);
        if (e.id == id && e.type() == type && e.pack() < no_pack_first) {
            found.push_back(slots_[slot]);
        }
    }
    return found;
}

size_t Index::memory() const {
    // A node of the pack table is about 56 bytes with its bucket.
    return blocks_.size() * sizeof(std::array<Entry, block_entries>) +
           slots_.capacity() * sizeof(uint32_t) + packs_.capacity() * sizeof(PackId) +
           pack_numbers_.size() * 64;
}

}  // namespace lifeboat::repository
