#include "base/error.h"
#include "repository/repairer.h"
#include "repository/steady_read.h"

#include <fmt/format.h>

#include <algorithm>

namespace lifeboat::repository {

namespace {

bool same_blobs(std::vector<PackedBlob> a, std::vector<PackedBlob> b) {
    const auto by_offset = [](const PackedBlob& x, const PackedBlob& y) {
        return std::tie(x.offset, x.id) < std::tie(y.offset, y.id);
    };
    std::sort(a.begin(), a.end(), by_offset);
    std::sort(b.begin(), b.end(), by_offset);
    return a == b;
}

}  // namespace

void Repairer::read_claims() {
    for (const IndexId& id : list_ids<IndexId>(store_.backend(), "index/", stop_)) {
        const std::string name = "index/" + id.hex();
        std::string problem;
        auto bytes = load_named_steadily(store_.backend(), name, id.bytes(), problem, stop_);
        if (!bytes) {
            // The packs themselves say the same; another place's copy saves nothing but its own
            // bytes, and it may name packs that this place does not have.
            index_damages_.push_back({name, problem});
            old_indexes_.push_back(id);
            continue;
        }
        try {
            decode_index(
                open_document(*store_.codecs().lend(), *bytes, name), [&](IndexedPack&& pack) {
                    const auto [at, added] = pack_numbers_.try_emplace(pack.id, packs_.size());
                    if (!added) return;
                    const Entries claimed{claims_.entry_count(), pack.blobs.size()};
                    claims_.add_pack(pack.id, pack.blobs);
                    packs_.push_back({.id = pack.id, .claimed = claimed, .in_index = true});
                });
        } catch (const Corrupt& damage) {
            index_damages_.push_back({name, damage.message()});
            old_indexes_.push_back(id);
        }
    }
    bad_.resize(claims_.entry_count());
}

bool Repairer::is_right(const IndexedPack& pack, std::vector<size_t>& numbers) {
    const auto at = pack_numbers_.find(pack.id);
    if (at == pack_numbers_.end() || !packs_[at->second].whole) return false;
    numbers.push_back(at->second);
    return same_blobs(pack.blobs, contents_of(packs_[at->second]));
}

// Every pack it names is whole and holds just what it says. The packs of a file that is right need
// no other.
bool Repairer::index_is_right(const IndexId& id) {
    const std::string name = "index/" + id.hex();
    std::string problem;
    const auto bytes = load_named_steadily(store_.backend(), name, id.bytes(), problem, stop_);
    if (!bytes) return false;
    bool right = true;
    std::vector<size_t> numbers;
    decode_index(open_document(*store_.codecs().lend(), *bytes, name),
                 [&](IndexedPack&& pack) { right = is_right(pack, numbers) && right; });
    if (!right) return false;
    for (const size_t number : numbers) packs_[number].in_index = true;
    return true;
}

void Repairer::plan_index() {
    for (Pack& pack : packs_) pack.in_index = false;
    const std::vector<IndexId> unreadable = old_indexes_;
    for (const IndexId& id : list_ids<IndexId>(store_.backend(), "index/", stop_)) {
        if (std::find(unreadable.begin(), unreadable.end(), id) != unreadable.end()) continue;
        if (!index_is_right(id)) {
            old_indexes_.push_back(id);
            index_damages_.push_back({"index/" + id.hex(),
                                      "it names packs that are not there, or "
                                      "other blobs than they hold"});
        }
    }
    for (const Pack& pack : packs_) {
        if (!pack.whole || pack.in_index) continue;
        writer_.name_pack({.id = pack.id, .blobs = contents_of(pack)}, stop_);
    }
}

void Repairer::drop_old_indexes() {
    // What they know of packs that are lost may still help somebody.
    const bool keep = lost_count() != 0 || !report_.remaining.empty();
    for (const IndexId& id : old_indexes_) {
        const std::string name = "index/" + id.hex();
        if (keep) {
            set_aside(name);
        } else {
            remove(name);
        }
    }
    for (const Damage& damage : index_damages_) {
        report_.mended.push_back({damage.file, damage.problem, "written anew from the packs"});
    }
}

}  // namespace lifeboat::repository
