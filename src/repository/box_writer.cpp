#include "repository/box_writer.h"

#include "base/error.h"
#include "repository/pack_header.h"

#include <algorithm>
#include <utility>

namespace lifeboat::repository {

namespace {

constexpr size_t overhead = crypto::SealedBox::overhead;
constexpr uint64_t empty_pack_size = overhead + 4;
// Keeps the header below its limit of 16 MiB.
constexpr size_t max_blobs = 200'000;
// As restic: an index file of this many blobs has about 5 MB.
constexpr size_t index_blobs = 50'000;

// The rule of backups: a data blob stays as it is unless its frame saves 1/64; a tree is always
// compressed.
size_t room_for_frame(BlobType type, size_t plain) {
    return type == BlobType::tree ? Compressor::bound(plain) : plain - (plain + 63) / 64;
}

}  // namespace

void BoxWriter::add_plain(BlobType type, const BlobId& id, ByteView plain,
                          const std::stop_token& stop) {
    auto codec = store_.codecs().lend();
    Buffer room;
    const MutableByteView to = room.room(room_for_frame(type, plain.size()));
    const auto frame = codec->compressor.compress(plain, to);
    const auto raw_length = static_cast<uint32_t>(frame ? plain.size() : 0);
    add_payload(type, id, frame ? ByteView(to.first(*frame)) : plain, raw_length, stop);
}

void BoxWriter::add_payload(BlobType type, const BlobId& id, ByteView payload, uint32_t raw_length,
                            const std::stop_token& stop) {
    Bytes box(payload.size() + overhead);
    store_.codecs().lend()->box.seal(fresh_iv(store_.options().random), payload, box);
    add({.id = id,
         .type = type,
         .length = static_cast<uint32_t>(box.size()),
         .raw_length = raw_length},
        box, stop);
}

void BoxWriter::add(const PackedBlob& blob, ByteView box, const std::stop_token& stop) {
    const auto choice = static_cast<size_t>(store_.options().random.below(open_packs));
    if (auto full = put(blob, box, choice)) save(std::move(*full), stop);
}

std::optional<BoxWriter::OpenPack> BoxWriter::put(const PackedBlob& blob, ByteView box,
                                                  size_t choice) {
    return state_.with([&](State& s) {
        std::optional<OpenPack> full;
        OpenPack& open = s.open[static_cast<size_t>(blob.type)][choice];
        const bool fits = open.blobs.size() < max_blobs &&
                          empty_pack_size + open.size + packed_size(blob) <= pack_target_size;
        if (!fits && !open.blobs.empty()) full = std::exchange(open, {});
        open.blobs.push_back(blob);
        open.blobs.back().offset = static_cast<uint32_t>(open.boxes.size());
        append(open.boxes, box);
        open.size += packed_size(blob);
        return full;
    });
}

Bytes BoxWriter::assemble(const OpenPack& open, std::vector<PackedBlob>& blobs) {
    std::vector<const PackedBlob*> order;
    for (const PackedBlob& blob : open.blobs) order.push_back(&blob);
    for (size_t i = order.size(); i > 1; --i) {
        std::swap(order[i - 1], order[store_.options().random.below(i)]);
    }
    Bytes pack;
    pack.reserve(empty_pack_size + open.size);
    for (const PackedBlob* blob : order) {
        blobs.push_back(*blob);
        blobs.back().offset = static_cast<uint32_t>(pack.size());
        append(pack, ByteView(open.boxes).subspan(blob->offset, blob->length));
    }
    pack.resize(pack_file_size(blobs));
    auto codec = store_.codecs().lend();
    seal_pack_header(*codec, fresh_iv(store_.options().random), blobs, pack);
    if (store_.options().verify == Verify::on_write) verify(*codec, pack, blobs);
    return pack;
}

// Memory that flips a bit between reading and writing would turn a repair into damage.
void BoxWriter::verify(Codec& codec, ByteView pack, const std::vector<PackedBlob>& blobs) {
    LoadedBlob opened;
    bool whole = header_names(codec, pack, blobs);
    for (const PackedBlob& blob : blobs) {
        const ByteView box = pack.subspan(blob.offset, blob.length);
        whole = whole && Store::open_blob(codec, blob, box, opened).empty();
    }
    if (whole) return;
    throw Corrupt("What was just sealed does not open again: this computer's memory is not sound",
                  "Nothing wrong was written. Test the memory of this computer before you go on.");
}

void BoxWriter::save(OpenPack&& open, const std::stop_token& stop) {
    if (stop.stop_requested()) throw Cancelled{};
    IndexedPack pack;
    const Bytes bytes = assemble(open, pack.blobs);
    pack.id.value = crypto::sha256(bytes);
    open = {};  // its memory is not needed while the pack is stored
    if (dry_run_ == DryRun::no) {
        lock_.ensure_held(stop);
        store_.backend().save(pack_name(pack.id), bytes, stop);
        store_.protect(pack_name(pack.id), bytes, {pack.id.value}, stop);
    }
    state_.with([&](State& s) {
        ++s.counts.packs;
        s.counts.blobs += pack.blobs.size();
        s.counts.bytes += bytes.size();
    });
    if (saved_) saved_(pack);
    name_pack(std::move(pack), stop);
}

void BoxWriter::name_pack(IndexedPack pack, const std::stop_token& stop) {
    auto due = state_.with([&](State& s) -> std::vector<IndexedPack> {
        s.unnamed.blobs += pack.blobs.size();
        s.unnamed.packs.push_back(std::move(pack));
        if (s.unnamed.blobs < index_blobs) return {};
        s.unnamed.blobs = 0;
        return std::exchange(s.unnamed.packs, {});
    });
    if (!due.empty()) save_index(std::move(due), stop);
}

void BoxWriter::write_index(const std::stop_token& stop) {
    auto packs = state_.with([](State& s) {
        s.unnamed.blobs = 0;
        return std::exchange(s.unnamed.packs, {});
    });
    if (!packs.empty()) save_index(std::move(packs), stop);
}

void BoxWriter::save_index(std::vector<IndexedPack> packs, const std::stop_token& stop) {
    if (dry_run_ == DryRun::no) {
        lock_.ensure_held(stop);
        store_.save_document("index/", encode_index(packs), stop);
    }
    state_.with([](State& s) { ++s.counts.index_files; });
}

void BoxWriter::finish(const std::stop_token& stop) {
    auto open = state_.with([](State& s) { return std::exchange(s.open, {}); });
    for (auto& pair : open) {
        OpenPack& one = pair[0];
        OpenPack& two = pair[1];
        // Small left-overs become one pack.
        if (empty_pack_size + one.size + two.size <= pack_target_size) {
            for (PackedBlob blob : two.blobs) {
                blob.offset += static_cast<uint32_t>(one.boxes.size());
                one.blobs.push_back(blob);
            }
            append(one.boxes, two.boxes);
            two = {};
        }
        for (OpenPack& pack : pair) {
            if (!pack.blobs.empty()) save(std::move(pack), stop);
        }
    }
    write_index(stop);
}

}  // namespace lifeboat::repository
