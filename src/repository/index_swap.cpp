#include "repository/index_swap.h"

namespace lifeboat::repository {

namespace {

// Every backup adds an index file. Several below this size are merged: who opens the repository
// loads one large file faster than many small ones.
constexpr size_t small_file_blobs = 10'000;
constexpr size_t small_files_at_least = 8;

void for_each_pack(Store& store, const IndexId& file, const std::stop_token& stop,
                   const std::function<void(IndexedPack&&)>& each) {
    decode_index(store.load_document("index/", {file.value}, stop), each);
}

}  // namespace

IndexSwap::IndexSwap(Store& store, const std::vector<IndexId>& files, Gone gone,
                     const std::stop_token& stop)
    : store_(store), gone_(std::move(gone)) {
    struct SmallFile {
        IndexId id{};
        std::vector<PackId> packs{};
    };
    std::vector<SmallFile> small;
    for (const IndexId& file : files) {
        bool replace = false;
        size_t blobs = 0;
        std::vector<PackId> packs;
        for_each_pack(store, file, stop, [&](IndexedPack&& pack) {
            // A pack that a file before this one names comes from a run that was cut off.
            replace = replace || gone_(pack.id) || kept_in_place_.contains(pack.id);
            blobs += pack.blobs.size();
            packs.push_back(pack.id);
        });
        if (replace) {
            replaced_.push_back(file);
            continue;
        }
        kept_in_place_.insert(packs.begin(), packs.end());
        if (blobs < small_file_blobs) small.push_back({file, std::move(packs)});
    }
    if (small.size() < small_files_at_least) return;
    for (const SmallFile& file : small) {
        replaced_.push_back(file.id);
        for (const PackId& pack : file.packs) kept_in_place_.erase(pack);
    }
}

void IndexSwap::write(IndexWriter& to, const std::stop_token& stop) const {
    Packs written;
    for (const IndexId& file : replaced_) {
        for_each_pack(store_, file, stop, [&](IndexedPack&& pack) {
            const bool elsewhere = kept_in_place_.contains(pack.id);
            if (gone_(pack.id) || elsewhere || !written.insert(pack.id).second) return;
            to.add(std::move(pack), 0, stop);
        });
    }
    to.flush(stop);
}

}  // namespace lifeboat::repository
