#include "repository/packer.h"

#include "base/error.h"
#include "repository/pack_header.h"
#include "repository/pack_proof.h"

#include <algorithm>

namespace lifeboat::repository {

namespace {

constexpr size_t overhead = crypto::SealedBox::overhead;
constexpr size_t max_blobs = 200'000;  // keeps the header below its limit
constexpr size_t spare_limit = 3;
constexpr size_t small_payload = size_t{128} << 10;
constexpr size_t block_size = size_t{512} << 10;

[[noreturn]] void throw_bad_memory() {
    throw Corrupt("What was just sealed does not open again: this computer's memory is not sound",
                  "Nothing wrong was written. Test the memory of this computer before you go on.");
}

}  // namespace

// A data blob is stored as it is unless compression saves at least 1/64 of it; trees are always
// compressed.
bool Packer::compress(Codec& codec, BlobType type, ByteView plain, ByteView& payload) {
    if (type == BlobType::data && codec.compressor.looks_random(plain)) {
        payload = plain;
        return false;
    }
    const size_t room = type == BlobType::tree ? Compressor::bound(plain.size())
                                               : plain.size() - (plain.size() + 63) / 64;
    const MutableByteView to = codec.lanes.front().room(room);
    const auto frame = codec.compressor.compress(plain, to);
    payload = frame ? ByteView(to.first(*frame)) : plain;
    return frame.has_value();
}

void Packer::add(Codec& codec, BlobType type, const BlobId& id, ByteView plain, Block* owner) {
    ByteView payload;
    PackedBlob blob{.id = id, .type = type};
    if (compress(codec, type, plain, payload)) {
        blob.raw_length = static_cast<uint32_t>(plain.size());
        owner = nullptr;
    }
    blob.length = static_cast<uint32_t>(payload.size() + overhead);
    const Place place = reserve(blob, payload, owner);
    std::copy_n(payload.begin(), place.memory.size(), place.memory.begin());
    const bool last_writer =
        state_.with([&](State&) { return --place.pack->writers == 0 && place.pack->closed; });
    if (last_writer) finish(codec, {place.pack});
    if (place.full) finish(codec, {place.full});
}

Packer::Place Packer::reserve(const PackedBlob& blob, ByteView payload, Block* owner) {
    const auto choice = static_cast<size_t>(store_.options().random.below(open_packs));
    return state_.with([&](State& s) {
        Place place;
        auto& pack = s.packs[static_cast<size_t>(blob.type)][choice];
        const uint64_t grown = pack ? pack->sealed_size + packed_size(blob) : 0;
        if (pack && (grown > pack_target_size || pack->blobs.size() >= max_blobs)) {
            pack->closed = true;
            if (pack->writers == 0) place.full = pack;
            pack = nullptr;
        }
        if (pack == nullptr) pack = std::make_shared<OpenPack>();
        if (owner != nullptr && payload.size() >= small_payload) {
            pack->memory.push_back(std::move(*owner));
        } else {
            place.memory = room_for(*pack, payload.size());
            payload = place.memory;
        }
        pack->blobs.push_back({.blob = blob, .payload = payload});
        pack->sealed_size += packed_size(blob);
        ++pack->writers;
        place.pack = pack;
        return place;
    });
}

// Small payloads share blocks; a large one gets memory of its own.
MutableByteView Packer::room_for(OpenPack& pack, size_t size) {
    if (size >= small_payload) {
        pack.memory.push_back(arena_.take(size));
        return pack.memory.back().bytes(size);
    }
    if (pack.room.size() < size) {
        pack.memory.push_back(arena_.take(block_size));
        pack.room = pack.memory.back().bytes(block_size);
    }
    const MutableByteView room = pack.room.first(size);
    pack.room = pack.room.subspan(size);
    return room;
}

void Packer::flush(Codec& codec) {
    const auto open = state_.with([](State& s) { return std::exchange(s.packs, {}); });
    for (const OpenPacks& packs : open) {
        std::vector<std::shared_ptr<OpenPack>> parts;
        uint64_t size = 0;
        for (const auto& pack : packs) {
            if (!pack) continue;
            // Small left-overs become one pack.
            if (!parts.empty() && size + pack->sealed_size > pack_target_size) {
                finish(codec, parts);
                parts.clear();
                size = 0;
            }
            parts.push_back(pack);
            size += pack->sealed_size;
        }
        if (!parts.empty()) finish(codec, parts);
    }
}

Buffer Packer::take_spare() {
    return state_.with([](State& s) {
        if (s.spare.empty()) return Buffer(pack_target_size);
        Buffer memory = std::move(s.spare.back());
        s.spare.pop_back();
        return memory;
    });
}

void Packer::recycle(Buffer memory) {
    if (memory.capacity() != pack_target_size) return;
    state_.with([&](State& s) {
        if (s.spare.size() < spare_limit) s.spare.push_back(std::move(memory));
    });
}

void Packer::finish(Codec& codec, const std::vector<std::shared_ptr<OpenPack>>& parts) {
    std::vector<const Staged*> order;
    for (const auto& part : parts) {
        for (const Staged& staged : part->blobs) order.push_back(&staged);
    }
    for (size_t i = order.size(); i > 1; --i) {
        std::swap(order[i - 1], order[store_.options().random.below(i)]);
    }
    SealedPack pack;
    pack.memory = take_spare();
    seal(codec, order, pack);
    // The sealed bytes are all that is looked at from here on: later chunks can have the memory.
    for (const auto& part : parts) part->memory.clear();
    if (store_.options().verify == Verify::on_write) {
        verify(codec, pack);
    } else {
        pack.id.value = codec.sha.of(pack.bytes());
    }
    deliver_(std::move(pack));
}

void Packer::seal(Codec& codec, const std::vector<const Staged*>& order, SealedPack& pack) {
    constexpr size_t iv_size = crypto::SealedBox::iv_size;
    Bytes ivs((order.size() + 1) * iv_size);
    store_.options().random.fill(ivs);
    uint64_t offset = 0;
    pack.blobs.reserve(order.size());
    for (const Staged* staged : order) {
        pack.blobs.push_back(staged->blob);
        pack.blobs.back().offset = static_cast<uint32_t>(offset);
        offset += staged->blob.length;
    }
    pack.size = pack_file_size(pack.blobs);
    pack.memory.room(pack.size);
    for (size_t i = 0; i < order.size(); ++i) {
        const PackedBlob& blob = pack.blobs[i];
        codec.box.seal(ByteView(ivs).subspan(i * iv_size, iv_size), order[i]->payload,
                       pack.memory.bytes(pack.size).subspan(blob.offset, blob.length));
    }
    seal_pack_header(codec, ByteView(ivs).last(iv_size), pack.blobs, pack.memory.bytes(pack.size));
}

// Names the pack on the way: its hash costs little beside those of the blobs.
void Packer::verify(Codec& codec, SealedPack& pack) {
    const PackProof proof = prove_pack(codec, pack.bytes(), pack.blobs);
    if (!proof.bad.empty() || !header_names(codec, pack.bytes(), pack.blobs)) throw_bad_memory();
    pack.id.value = proof.hash;
}

}  // namespace lifeboat::repository
