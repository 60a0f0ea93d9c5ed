// An opened repository's common ground: its place, key, config and index, and the ways to load and
// save what it holds. Everything else in this module stands on it.
#pragma once

#include "repository/codec.h"
#include "repository/index.h"
#include "repository/index_file.h"
#include "repository/lru_cache.h"
#include "repository/snapshot_file.h"
#include "repository/tree.h"

#include <atomic>
#include <functional>
#include <optional>
#include <set>
#include <string>

namespace lifeboat::repository {

// A blob's bytes, hash checked.
struct LoadedBlob {
    Buffer memory{};
    size_t size = 0;
    ByteView view() const { return memory.view(size); }
};
using Blob = std::shared_ptr<const LoadedBlob>;

// The names below a folder as "index/" that are ids; others (temporary files) are passed over.
template <class SomeId>
std::vector<SomeId> list_ids(const storage::Backend& backend, const std::string& folder,
                             const std::stop_token& stop) {
    std::set<SomeId> ids;
    backend.list(
        folder,
        [&](const std::string& name, uint64_t) {
            const auto id =
                SomeId::parse(std::string_view(name).substr(std::min(name.size(), folder.size())));
            if (id) ids.insert(*id);
        },
        stop);
    return {ids.begin(), ids.end()};
}

// The bytes of a file whose name is the hash of its bytes; on a mismatch it is read once more.
// Throws Missing, Corrupt.
Bytes load_named(const storage::Backend& backend, const std::string& name, ByteView hash,
                 const std::stop_token& stop);

// Any thread.
class Store {
public:
    Store(storage::Backend& backend, const Options& options, const crypto::BoxKey& key,
          Config config, KeyId key_id);

    storage::Backend& backend() const { return backend_; }
    const Options& options() const { return options_; }
    const Config& config() const { return config_; }
    const KeyId& key_id() const { return key_id_; }
    const crypto::BoxKey& key() const { return key_; }
    CodecPool& codecs() { return codecs_; }
    void note(Severity severity, const std::string& text) const;

    // Documents: sealed JSON named by the hash of its sealed bytes. `folder` is "index/" or such.
    Digest save_document(const std::string& folder, std::string_view json,
                         const std::stop_token& stop);
    // Throws Missing, and Corrupt when parity does not help either.
    std::string load_document(const std::string& folder, const Digest& id,
                              const std::stop_token& stop);

    // Own locks whose removal failed: to be tried again before the next one is taken.
    void abandon_lock(const LockId& id);
    std::vector<LockId> take_abandoned_locks();
    // Writes the parity of a file that is in the place, or about to be, as the options say. A place
    // that refuses such files is told of, and done without.
    void protect(const std::string& file, ByteView content, const Digest& hash,
                 const std::stop_token& stop);
    // The same for the config and the keys, where they have none: they may be of before there was
    // parity, or restic's. Takes away what is left of keys that were removed.
    void protect_keys(const std::stop_token& stop);
    // Damaged files that could be read only with the help of their parity.
    std::set<std::string> healed() const;

    // The index. It is loaded at the first use; refresh_index() takes in what others wrote since.
    template <class Use>
    auto with_index(const std::stop_token& stop, Use&& use) {
        load_index_once(stop);
        return index_.with([&](IndexState& s) { return use(s.index); });
    }
    void refresh_index(const std::stop_token& stop) { refresh_index(stop, {}); }
    // Told of each pack that an index file names and that another one had named already, and
    // whether both say the same of it. One call at a time.
    using Repeated =
        std::function<void(const IndexId& file, const PackId& pack, bool says_the_same)>;
    void refresh_index(const std::stop_token& stop, const Repeated& repeated);
    // Index files that could not be read, and why.
    std::vector<Damage> index_damages();
    // The index files that were taken in.
    std::set<IndexId> index_files();
    // A builder adds pending blobs while it lives; only one at a time. False when there is one.
    bool begin_building();
    void end_building();

    // Tries every copy. Throws Corrupt when none is whole or none is known.
    Blob load_blob(const BlobId& id, BlobType type, const std::stop_token& stop);
    // One copy; the problem with it is the return value, empty when it is whole. `box` is its
    // sealed bytes.
    static std::string open_blob(Codec& codec, const PackedBlob& blob, ByteView box,
                                 LoadedBlob& to);
    // The first copy, opened into `to`, its hash not looked at. Nothing when it is not there or is
    // not whole, or is larger than `limit`: load_blob() knows what else to try, and what to say.
    std::optional<ByteView> open_first_copy(Codec& codec, const BlobId& id, size_t limit,
                                            Buffer& to, const std::stop_token& stop);
    std::shared_ptr<const Tree> load_tree(const BlobId& id, const std::stop_token& stop);

private:
    struct IndexState {
        Index index;
        std::set<IndexId> files;
        std::vector<Damage> damages;
        bool loaded = false;
        bool building = false;
    };

    // The pack that was last rebuilt: its other blobs are likely wanted next.
    struct RebuiltPack {
        PackId id{};
        std::shared_ptr<const Bytes> bytes{};  // null: it could not be, or none was tried
        bool tried = false;
    };

    void load_index_once(const std::stop_token& stop);
    // False when a file vanished meanwhile: somebody pruned, begin again.
    bool load_new_indexes(const std::stop_token& stop, const Repeated& repeated);
    bool load_index(const IndexId& id, const Repeated& repeated, const std::stop_token& stop);
    ByteView read_box(Codec& codec, const BlobPlace& place, const std::stop_token& stop) const;
    std::string load_copy(const BlobPlace& place, LoadedBlob& to, const std::stop_token& stop);
    std::string load_copy_by_parity(const BlobPlace& place, LoadedBlob& to,
                                    const std::stop_token& stop);
    void note_healed(const std::string& file);
    std::vector<BlobPlace> places_of(const BlobId& id, BlobType type, const std::stop_token& stop);

    storage::Backend& backend_;
    Options options_;
    crypto::BoxKey key_;
    Config config_;
    KeyId key_id_;
    CodecPool codecs_;
    Guarded<std::vector<LockId>> abandoned_locks_;
    Guarded<IndexState> index_;
    LruCache<BlobId, Tree, IdHash> trees_;
    LruCache<BlobId, LoadedBlob, IdHash> blobs_;
    Guarded<RebuiltPack> rebuilt_;
    Guarded<std::set<std::string>> healed_;
    std::atomic<bool> parity_refused_ = false;
};

}  // namespace lifeboat::repository
