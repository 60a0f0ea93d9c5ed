#include "repository/store.h"

#include "base/error.h"
#include "base/task_group.h"
#include "repository/pack_proof.h"
#include "repository/parity.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>

namespace lifeboat::repository {

namespace {

constexpr size_t tree_cache_size = size_t{12} << 20;
constexpr size_t blob_cache_size = size_t{8} << 20;
// A box of which whole pages are read, for a disk that can give those without a copy.
constexpr uint64_t large_box = uint64_t{256} << 10;
constexpr uint64_t disk_page = 4096;
constexpr int index_load_tries = 5;
// Decrypting, unpacking and parsing one file keeps one core busy; more than two would only wait for
// the table, and hold one more document in memory each.
constexpr unsigned index_loaders = 2;

bool is_named_by_its_hash(ByteView bytes, ByteView hash) {
    const auto value = crypto::sha256(bytes);
    return std::equal(value.begin(), value.end(), hash.begin(), hash.end());
}

}  // namespace

Bytes load_named(const storage::Backend& backend, const std::string& name, ByteView hash,
                 const std::stop_token& stop) {
    for (int round = 0; round < 2; ++round) {
        Bytes bytes = backend.load(name, {}, stop);
        if (is_named_by_its_hash(bytes, hash)) return bytes;
    }
    throw_damaged(name, "its bytes do not match its name");
}

Store::Store(storage::Backend& backend, const Options& options, const crypto::BoxKey& key,
             Config config, KeyId key_id)
    : backend_(backend),
      options_(options),
      key_(key.duplicate()),
      config_(std::move(config)),
      key_id_(key_id),
      codecs_(key, options.compression_level),
      trees_(tree_cache_size),
      blobs_(blob_cache_size) {}

void Store::note(Severity severity, const std::string& text) const {
    if (options_.events != nullptr) options_.events->on(Noted{severity, text});
}

Digest Store::save_document(const std::string& folder, std::string_view json,
                            const std::stop_token& stop) {
    const Bytes sealed = seal_document(*codecs_.lend(), options_.random, json);
    const Digest id{crypto::sha256(sealed)};
    // Before it: with a snapshot's file everything about it is done. Parity of nothing harms
    // nobody.
    protect(folder + id.hex(), sealed, id, stop);
    backend_.save(folder + id.hex(), sealed, stop);
    return id;
}

std::string Store::load_document(const std::string& folder, const Digest& id,
                                 const std::stop_token& stop) {
    const std::string name = folder + id.hex();
    try {
        return open_document(*codecs_.lend(), load_named(backend_, name, id.bytes(), stop), name);
    } catch (const Corrupt&) {
        const auto rebuilt = rebuild_from_parity(backend_, name, stop);
        if (!rebuilt) throw;
        note_healed(name);
        return open_document(*codecs_.lend(), *rebuilt, name);
    }
}

void Store::protect(const std::string& file, ByteView content, const Digest& hash,
                    const std::stop_token& stop) {
    if (parity_refused_) return;
    const auto refused = [&](const Error& why) {
        if (parity_refused_.exchange(true)) return;
        note(Severity::warning,
             fmt::format("{} takes no parity files: {}", backend_.where(), why.message()));
    };
    try {
        save_parity(backend_, {file, content, hash}, options_.parity, stop);
    } catch (const Denied& why) {
        refused(why);
    } catch (const Unsupported& why) {
        refused(why);
    }
}

void Store::protect_keys(const std::stop_token& stop) {
    if (!options_.parity.on()) return;
    const auto keys = list_ids<KeyId>(backend_, "keys/", stop);
    const auto kept = list_ids<KeyId>(backend_, "parity/keys/", stop);
    for (const KeyId& id : keys) {
        if (std::ranges::binary_search(kept, id)) continue;
        const std::string name = "keys/" + id.hex();
        protect(name, load_named(backend_, name, id.bytes(), stop), {id.value}, stop);
    }
    for (const KeyId& id : kept) {
        // Without any key a disk has lost them: their copies are all there is.
        const bool removed = !keys.empty() && !std::ranges::binary_search(keys, id);
        if (removed) backend_.remove("parity/keys/" + id.hex(), stop);
    }
    if (backend_.size(parity_name("config"), stop) || !backend_.size("config", stop)) return;
    const Bytes config = backend_.load("config", {}, stop);
    open_plain(*codecs_.lend(), config, "config");  // a damaged one must not be what is kept
    protect("config", config, {crypto::sha256(config)}, stop);
}

std::set<std::string> Store::healed() const {
    return healed_.with([](const std::set<std::string>& files) { return files; });
}

void Store::note_healed(const std::string& file) {
    const bool first =
        healed_.with([&](std::set<std::string>& files) { return files.insert(file).second; });
    if (!first) return;
    note(Severity::warning, fmt::format("{} in {} is damaged; its parity gave its bytes back. "
                                        "Repair the place.",
                                        file, backend_.where()));
}

void Store::abandon_lock(const LockId& id) {
    abandoned_locks_.with([&](std::vector<LockId>& locks) { locks.push_back(id); });
}

std::vector<LockId> Store::take_abandoned_locks() {
    return abandoned_locks_.with(
        [](std::vector<LockId>& locks) { return std::exchange(locks, {}); });
}

void Store::load_index_once(const std::stop_token& stop) {
    if (!index_.with([](const IndexState& s) { return s.loaded; })) refresh_index(stop);
}

void Store::refresh_index(const std::stop_token& stop, const Repeated& repeated) {
    for (int i = 0; i < index_load_tries; ++i) {
        if (load_new_indexes(stop, repeated)) return;
    }
    throw Temporary("The index of the repository changes faster than it can be read",
                    "Nothing was changed. Another program is tidying up there; try again soon.");
}

bool Store::load_new_indexes(const std::stop_token& stop, const Repeated& repeated) {
    auto wanted = list_ids<IndexId>(backend_, "index/", stop);
    index_.with([&](IndexState& s) {
        const bool vanished = std::any_of(s.files.begin(), s.files.end(), [&](const IndexId& id) {
            return !std::binary_search(wanted.begin(), wanted.end(), id);
        });
        // Packs of a vanished index may be gone too. While building nobody else can delete.
        if (vanished && !s.building) {
            s.index = Index();
            s.files.clear();
        }
        s.damages.clear();
        std::erase_if(wanted, [&](const IndexId& id) { return s.files.contains(id); });
    });
    std::atomic<size_t> next = 0;
    std::atomic<bool> vanished = false;
    const auto work = [&](const std::stop_token& own) {
        for (size_t at = next++; at < wanted.size() && !vanished; at = next++) {
            if (!load_index(wanted[at], repeated, own)) vanished = true;
        }
    };
    if (wanted.size() < 2) {
        work(stop);
    } else {
        TaskGroup group(stop);
        for (unsigned i = 0; i < index_loaders; ++i) group.run(work);
        group.join();
    }
    if (vanished) return false;
    index_.with([](IndexState& s) { s.loaded = true; });
    return true;
}

// Pack by pack into the table: no second form of the whole file is ever in memory.
bool Store::load_index(const IndexId& id, const Repeated& repeated, const std::stop_token& stop) {
    const auto add = [&](IndexedPack&& pack) {
        if (stop.stop_requested()) throw Cancelled{};
        index_.with([&](IndexState& s) {
            if (s.index.add_pack(pack.id, pack.blobs) || !repeated) return;
            repeated(id, pack.id, s.index.says_of(pack.id, pack.blobs));
        });
    };
    try {
        decode_index(load_document("index/", {id.value}, stop), add);
    } catch (const Missing&) {
        return false;
    } catch (const Corrupt& damage) {
        // The others still say where most blobs are, and so does what was read of this one.
        index_.with([&](IndexState& s) {
            s.damages.push_back({"index/" + id.hex(), damage.message()});
        });
        return true;
    }
    index_.with([&](IndexState& s) { s.files.insert(id); });
    return true;
}

std::vector<Damage> Store::index_damages() {
    return index_.with([](const IndexState& s) { return s.damages; });
}

std::set<IndexId> Store::index_files() {
    return index_.with([](const IndexState& s) { return s.files; });
}

bool Store::begin_building() {
    return index_.with([](IndexState& s) { return !std::exchange(s.building, true); });
}

void Store::end_building() {
    index_.with([](IndexState& s) {
        s.building = false;
        s.index.abandon_pending();
    });
}

std::string Store::open_blob(Codec& codec, const PackedBlob& blob, ByteView box, LoadedBlob& to) {
    ByteView plain;
    std::string problem = unseal_blob(codec, blob, box, to.memory, plain);
    if (!problem.empty()) return problem;
    to.size = plain.size();
    if (codec.sha.of(plain) != blob.id.value) return "a blob's bytes do not match its hash";
    return {};
}

// Into memory that is kept, whole pages of it, so that large boxes come straight from the disk.
ByteView Store::read_box(Codec& codec, const BlobPlace& place, const std::stop_token& stop) const {
    const uint64_t offset = place.blob.offset;
    const bool large = place.blob.length >= large_box;
    const uint64_t begin = large ? offset / disk_page * disk_page : offset;
    const uint64_t end = offset + place.blob.length;
    const uint64_t whole = large ? (end + disk_page - 1) / disk_page * disk_page : end;
    const MutableByteView room = codec.pack.room(static_cast<size_t>(whole - begin));
    const ByteView got = room.first(backend_.read(pack_name(place.pack), begin, room, stop));
    const size_t before = std::min<size_t>(got.size(), offset - begin);
    return got.subspan(before, std::min<size_t>(got.size() - before, place.blob.length));
}

std::string Store::load_copy(const BlobPlace& place, LoadedBlob& to, const std::stop_token& stop) {
    try {
        auto codec = codecs_.lend();
        return open_blob(*codec, place.blob, read_box(*codec, place, stop), to);
    } catch (const Missing&) {
        return "it is missing";
    } catch (const Corrupt& unreadable) {
        return unreadable.message();  // another copy, or parity, may still help
    }
}

std::optional<ByteView> Store::open_first_copy(Codec& codec, const BlobId& id, size_t limit,
                                               Buffer& to, const std::stop_token& stop) {
    const auto place =
        with_index(stop, [&](const Index& index) { return index.place(id, BlobType::data); });
    if (!place || place->blob.plain_length() > limit) return std::nullopt;
    try {
        ByteView plain;
        const ByteView box = read_box(codec, *place, stop);
        if (!unseal_blob(codec, place->blob, box, to, plain).empty()) return std::nullopt;
        return plain;
    } catch (const Missing&) {
        return std::nullopt;
    } catch (const Corrupt&) {
        return std::nullopt;
    }
}

std::string Store::load_copy_by_parity(const BlobPlace& place, LoadedBlob& to,
                                       const std::stop_token& stop) {
    RebuiltPack pack = rebuilt_.with([](const RebuiltPack& last) { return last; });
    if (!pack.tried || pack.id != place.pack) {
        pack = {.id = place.pack, .tried = true};
        Rebuilt rebuilt = try_parity(backend_, pack_name(place.pack), stop);
        if (rebuilt.file) {
            pack.bytes = std::make_shared<const Bytes>(std::move(*rebuilt.file));
            note_healed(pack_name(place.pack));
        } else {
            note(Severity::warning, fmt::format("{}: {}", pack_name(place.pack), rebuilt.problem));
        }
        rebuilt_.with([&](RebuiltPack& last) { last = pack; });
    }
    if (!pack.bytes) return "its parity cannot repair it";
    const size_t from = std::min<size_t>(pack.bytes->size(), place.blob.offset);
    const size_t size = std::min<size_t>(pack.bytes->size() - from, place.blob.length);
    return open_blob(*codecs_.lend(), place.blob, ByteView(*pack.bytes).subspan(from, size), to);
}

std::vector<BlobPlace> Store::places_of(const BlobId& id, BlobType type,
                                        const std::stop_token& stop) {
    auto places = with_index(stop, [&](const Index& index) { return index.places(id, type); });
    if (!places.empty()) return places;
    refresh_index(stop);  // a snapshot may be newer than the index that was loaded
    return with_index(stop, [&](const Index& index) { return index.places(id, type); });
}

Blob Store::load_blob(const BlobId& id, BlobType type, const std::stop_token& stop) {
    if (Blob cached = blobs_.get(id)) return cached;
    const auto places = places_of(id, type, stop);
    if (places.empty()) {
        throw Corrupt(fmt::format("The repository does not hold the {} {}",
                                  type == BlobType::tree ? "folder" : "piece", id.hex()),
                      "Nothing was changed. Check the repository to learn which backups are "
                      "affected, and use another place of it meanwhile.");
    }
    std::string problem;
    const auto blob = std::make_shared<LoadedBlob>();
    const auto kept = [&] {
        blobs_.put(id, blob, blob->memory.capacity());
        return blob;
    };
    for (const BlobPlace& place : places) {
        problem = load_copy(place, *blob, stop);
        if (problem.empty()) return kept();
        note(Severity::warning, fmt::format("{}: {}", pack_name(place.pack), problem));
    }
    for (const BlobPlace& place : places) {
        if (load_copy_by_parity(place, *blob, stop).empty()) return kept();
    }
    throw_damaged(pack_name(places.back().pack), problem);
}

std::shared_ptr<const Tree> Store::load_tree(const BlobId& id, const std::stop_token& stop) {
    if (auto cached = trees_.get(id)) return cached;
    const Blob blob = load_blob(id, BlobType::tree, stop);
    auto tree = std::make_shared<const Tree>(decode_tree(as_text(blob->view())));
    trees_.put(id, tree, memory_of(*tree));
    return tree;
}

}  // namespace lifeboat::repository
