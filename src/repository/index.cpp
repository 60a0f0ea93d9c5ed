#include "repository/index.h"

#include <algorithm>
#include <cassert>

namespace lifeboat::repository {

template <class Wanted>
size_t Index::find(const BlobId& id, BlobType type, Wanted&& wanted) const {
    const uint32_t found = entry_slots_.find(IdHash{}(id), [&](uint32_t number) {
        const Entry& candidate = entry(number);
        return candidate.id == id && candidate.type() == type && wanted(candidate);
    });
    return found == IdSlots::none ? none : size_t{found};
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
    assert(number < IdSlots::none);
    entry(number).id = id;
    entry_slots_.append([&](uint32_t i) { return IdHash{}(entry(i).id); });
    return entry(number);
}

std::optional<size_t> Index::pack_number(const PackId& id) const {
    const uint32_t found =
        pack_slots_.find(IdHash{}(id), [&](uint32_t number) { return packs_[number] == id; });
    return found == IdSlots::none ? std::nullopt : std::optional<size_t>(found);
}

uint32_t Index::number_of(const PackId& pack) {
    if (const auto known = pack_number(pack)) return static_cast<uint32_t>(*known);
    const auto number = static_cast<uint32_t>(packs_.size());
    assert(number < no_pack_first);
    packs_.push_back(pack);
    pack_slots_.append([&](uint32_t i) { return IdHash{}(packs_[i]); });
    return number;
}

bool Index::add_pack(const PackId& pack, const std::vector<PackedBlob>& blobs) {
    if (knows_pack(pack)) return false;
    const uint32_t number = number_of(pack);
    for (const PackedBlob& blob : blobs) set(append(blob.id), number, blob);
    return true;
}

bool Index::says_of(const PackId& pack, const std::vector<PackedBlob>& blobs) const {
    const auto number = pack_number(pack);
    return number && std::all_of(blobs.begin(), blobs.end(), [&](const PackedBlob& blob) {
               return find(blob.id, blob.type, [&](const Entry& e) {
                          return e.pack() == *number && blob_of(e) == blob;
                      }) != none;
           });
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

std::vector<size_t> Index::entries(const BlobId& id, BlobType type) const {
    std::vector<size_t> found;
    entry_slots_.find(IdHash{}(id), [&](uint32_t number) {
        const Entry& e = entry(number);
        if (e.id == id && e.type() == type && e.pack() < no_pack_first) found.push_back(number);
        return false;  // all of them
    });
    return found;
}

std::optional<size_t> Index::first_entry(const BlobId& id, BlobType type) const {
    const size_t at = find(id, type, [](const Entry& e) { return e.pack() < no_pack_first; });
    return at == none ? std::nullopt : std::optional(at);
}

size_t Index::memory() const {
    return blocks_.size() * sizeof(std::array<Entry, block_entries>) + entry_slots_.memory() +
           packs_.capacity() * sizeof(PackId) + pack_slots_.memory();
}

}  // namespace lifeboat::repository
