#include "repository/box_copier.h"

#include "base/error.h"
#include "repository/pack_header.h"

#include <fmt/format.h>

#include <algorithm>

namespace lifeboat::repository {

namespace {

constexpr size_t overhead = crypto::SealedBox::overhead;
constexpr uint64_t empty_pack_size = overhead + 4;
constexpr size_t max_blobs = 200'000;  // keeps the header below its limit
[[noreturn]] void throw_bad_memory() {
    throw Corrupt(
        "What was just copied differs from what was read: this computer's memory is not "
        "sound",
        "Nothing was deleted. Test the memory of this computer before you go on.");
}

}  // namespace

CopyResult BoxCopier::run(const NextBoxJob& next, const std::stop_token& stop) {
    readers_ = count_readers(store_);
    Guarded<const NextBoxJob*> source(&next);
    try {
        TaskGroup group(stop);
        for (size_t i = readers_; i > 0; --i) {
            group.run([&](const std::stop_token& own) { read(source, own); });
        }
        group.run([&](const std::stop_token& own) { pack_all(own); });
        group.run([&](const std::stop_token& own) { save_all(own); });
        group.join();
    } catch (...) {
        save_index_of_stored_packs();
        throw;
    }
    index_.flush(stop);
    return std::move(result_);
}

void BoxCopier::save_index_of_stored_packs() noexcept {
    try {
        index_.flush({});
    } catch (const std::exception& failure) {
        // Then they are in no index: the next run removes them and copies anew.
        store_.note(Severity::debug, fmt::format("index of copied packs: {}", failure.what()));
    }
}

void BoxCopier::read(Guarded<const NextBoxJob*>& next, const std::stop_token& stop) {
    const auto hand_on = [&](BoxStretch&& stretch) {
        return stretches_.push(std::move(stretch), stop);
    };
    while (!stop.stop_requested()) {
        const auto job = next.with([](const NextBoxJob* give) { return (*give)(); });
        if (!job) break;
        read_stretches(store_, *job, hand_on, stop);
    }
    if (--readers_ == 0) stretches_.close();
}

void BoxCopier::pack_all(const std::stop_token& stop) {
    auto codec = store_.codecs().lend();
    sys::Random& random = store_.options().random;
    while (auto stretch = stretches_.pop(stop)) {
        auto& blobs = stretch->blobs;
        for (size_t i = blobs.size(); i > 1; --i) std::swap(blobs[i - 1], blobs[random.below(i)]);
        for (const PackedBlob& blob : blobs) pack(*codec, *stretch, blob, stop);
    }
    if (stop.stop_requested()) return;
    for (auto& packs : open_) {
        for (auto& open : packs) {
            if (open != nullptr && !open->blobs.empty()) finish(*codec, *open, stop);
        }
    }
    full_packs_.close();
}

void BoxCopier::pack(Codec& codec, const BoxStretch& stretch, const PackedBlob& blob,
                     const std::stop_token& stop) {
    if (stop.stop_requested()) return;
    const bool bare_tree = blob.type == BlobType::tree && !blob.compressed();
    if (bare_tree || !append(codec, blob, stretch.box(blob), stop)) {
        PackedBlob found = blob;
        Bytes whole = rescue(codec, stretch.pack, found, stop);
        if (bare_tree) whole = compressed(codec, found, whole);
        if (!append(codec, found, whole, stop)) throw_bad_memory();
    }
    copied_(packed_size(blob));
    ++result_.blobs;
}

// Checked where it will be written from: a bit that this computer's memory flips on the way is then
// found while the old pack is still there.
bool BoxCopier::append(Codec& codec, PackedBlob blob, ByteView box, const std::stop_token& stop) {
    if (box.size() != blob.length) return false;
    OpenPack& pack = open_pack(codec, blob, stop);
    const MutableByteView to = pack.memory.bytes(pack.used + box.size()).subspan(pack.used);
    std::copy(box.begin(), box.end(), to.begin());
    if (!codec.box.is_whole(to)) return false;
    blob.offset = static_cast<uint32_t>(pack.used);
    pack.used += box.size();
    pack.sealed_size += packed_size(blob);
    pack.blobs.push_back(blob);
    return true;
}

BoxCopier::OpenPack& BoxCopier::open_pack(Codec& codec, const PackedBlob& blob,
                                          const std::stop_token& stop) {
    const auto choice = static_cast<size_t>(store_.options().random.below(open_packs));
    auto& pack = open_[static_cast<size_t>(blob.type)][choice];
    const uint64_t grown = pack != nullptr ? pack->sealed_size + packed_size(blob) : 0;
    if (pack != nullptr && (grown > pack_target_size || pack->blobs.size() >= max_blobs)) {
        finish(codec, *pack, stop);
        pack = nullptr;
    }
    if (pack == nullptr) {
        pack = std::make_unique<OpenPack>();
        pack->sealed_size = empty_pack_size;
        // A blob of more than the target gets a pack of its own.
        const uint64_t alone = empty_pack_size + packed_size(blob);
        pack->memory = arena_.take(static_cast<size_t>(std::max(pack_target_size, alone)));
    }
    return *pack;
}

Bytes BoxCopier::rescue(Codec& codec, const PackId& pack, PackedBlob& blob,
                        const std::stop_token& stop) {
    auto places = store_.with_index(
        stop, [&](const Index& index) { return index.places(blob.id, blob.type); });
    // The same bytes first: a disk or a cable may err once.
    std::ranges::stable_partition(places, [&](const BlobPlace& p) { return p.pack == pack; });
    for (const BlobPlace& copy : places) {
        try {
            Bytes box = store_.backend().load(pack_name(copy.pack),
                                              {copy.blob.offset, copy.blob.length}, stop);
            if (box.size() == copy.blob.length && codec.box.is_whole(box)) {
                blob = copy.blob;
                return box;
            }
        } catch (const Corrupt&) {
            continue;
        } catch (const Missing&) {
            continue;
        }
    }
    throw Corrupt(fmt::format("The {} {} in {} is damaged, and there is no whole copy of it",
                              blob.type == BlobType::tree ? "folder" : "piece", blob.id.hex(),
                              pack_name(pack)),
                  "Nothing was deleted. `lifeboat place repair` fetches it from another place or "
                  "tells which files are lost; then tidy up again.");
}

Bytes BoxCopier::compressed(Codec& codec, PackedBlob& blob, ByteView box) {
    LoadedBlob plain;
    const std::string problem = Store::open_blob(codec, blob, box, plain);
    if (!problem.empty()) throw_damaged("blob " + blob.id.hex(), problem);
    const MutableByteView room = codec.lanes.front().room(Compressor::bound(plain.size));
    const auto frame = codec.compressor.compress(plain.view(), room);
    if (!frame) throw_bad_memory();
    Bytes sealed(*frame + overhead);
    codec.box.seal(fresh_iv(store_.options().random), room.first(*frame), sealed);
    blob.raw_length = static_cast<uint32_t>(plain.size);
    blob.length = static_cast<uint32_t>(sealed.size());
    return sealed;
}

void BoxCopier::finish(Codec& codec, OpenPack& pack, const std::stop_token& stop) {
    FullPack full{.memory = std::move(pack.memory),
                  .size = static_cast<size_t>(pack.sealed_size),
                  .blobs = std::move(pack.blobs)};
    seal_pack_header(codec, fresh_iv(store_.options().random), full.blobs,
                     full.memory.bytes(full.size));
    full_packs_.push(std::move(full), stop);
}

void BoxCopier::save_all(const std::stop_token& stop) {
    auto codec = store_.codecs().lend();
    while (auto pack = full_packs_.pop(stop)) {
        const ByteView bytes = pack->memory.view(pack->size);
        const bool verify = store_.options().verify == Verify::on_write;
        if (verify && !header_names(*codec, bytes, pack->blobs)) throw_bad_memory();
        pack->id.value = codec->sha.of(bytes);
        lock_.ensure_held(stop);
        store_.backend().save(pack_name(pack->id), bytes, stop);
        store_.protect(pack_name(pack->id), bytes, {pack->id.value}, stop);
        result_.packs.emplace_back(pack->id, pack->size);
        index_.add({pack->id, std::move(pack->blobs)}, pack->size, stop);
    }
}

}  // namespace lifeboat::repository
