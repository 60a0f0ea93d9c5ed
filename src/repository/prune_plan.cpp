#include "repository/prune_plan.h"

#include <algorithm>
#include <array>
#include <tuple>

namespace lifeboat::repository {

namespace {

// Of a whole pack: the header's seal and its length.
constexpr uint64_t empty_pack_size = crypto::SealedBox::overhead + 4;
// A pack of less than this much of the usual size is small. Only several together are worth the
// copying: every backup leaves one or two small packs behind, and one run makes them a few large
// ones.
constexpr double small_part = 0.8;
constexpr uint64_t usual_size_at_least = uint64_t{4} << 20;
constexpr size_t small_packs_at_least = 10;
constexpr size_t missing_told = 5;

// Of the packs here, one in 33 is smaller than this: below it a pack is an odd one out.
uint64_t third_percentile(const std::vector<PackFacts>& packs) {
    std::vector<uint64_t> sizes;
    sizes.reserve(packs.size());
    for (const PackFacts& pack : packs) sizes.push_back(pack.size);
    if (sizes.empty()) return 0;
    const auto at = sizes.begin() + static_cast<ptrdiff_t>(sizes.size() * 3 / 100);
    std::nth_element(sizes.begin(), at, sizes.end());
    return *at;
}

uint64_t small_below(const std::vector<PackFacts>& packs) {
    const uint64_t usual = std::max(usual_size_at_least, third_percentile(packs));
    return static_cast<uint64_t>(static_cast<double>(usual) * small_part);
}

// Which of several copies of a blob should stay: the larger, the better. A pack that stays anyway
// comes first, then the one that would waste least, then the larger: so what an interrupted run has
// copied already makes the packs it came from needless. Counted without the choice itself, so that
// all copies are judged alike whatever the order.
struct Worth {
    bool stays = false;
    double needed_part = 0;
    uint64_t size = 0;
    size_t earlier = 0;  // the last resort: always the same answer
    auto operator<=>(const Worth&) const = default;
};

class CopyChoice {
public:
    CopyChoice(const Index& index, std::vector<PackFacts>& packs, EntrySets& sets)
        : index_(index), packs_(packs), sets_(sets) {}

    std::vector<BlobId> run() {
        for (PackFacts& pack : packs_) pack.forget_counts();
        find_duplicates();
        settle_single_ones();
        choose_among_several();
        return std::move(missing_);
    }

private:
    size_t first_of(const PackedBlob& blob) const {
        return *index_.first_entry(blob.id, blob.type);
    }

    void find_duplicates() {
        index_.for_each([&](size_t, size_t entry, const PackedBlob& blob) {
            const size_t first = first_of(blob);
            if (first != entry && sets_.used.test(first)) sets_.several.set(first);
        });
    }

    void settle_single_ones() {
        needed_.resize(packs_.size());
        index_.for_each([&](size_t pack, size_t entry, const PackedBlob& blob) {
            PackFacts& facts = packs_[pack];
            const size_t first = first_of(blob);
            (blob.type == BlobType::tree ? facts.has_trees : facts.has_data) = true;
            if (!sets_.used.test(first)) {
                spare(facts, blob);
                return;
            }
            needed_[pack] += packed_size(blob);
            if (!sets_.several.test(first)) keep(pack, entry, blob);
        });
    }

    void choose_among_several() {
        const uint64_t small = small_below(packs_);
        std::vector<Worth> worths(packs_.size());
        for (size_t i = 0; i < packs_.size(); ++i) worths[i] = worth(i, small);
        index_.for_each([&](size_t, size_t entry, const PackedBlob& blob) {
            if (!sets_.several.test(entry)) return;
            const auto copies = index_.entries(blob.id, blob.type);
            const auto best = std::ranges::max_element(copies, {}, [&](size_t copy) {
                return std::tuple(is_sound(copy), worths[index_.stored(copy).pack]);
            });
            for (const size_t copy : copies) {
                sets_.kept.clear(copy);
                const auto [pack, stored] = index_.stored(copy);
                if (copy == *best) {
                    keep(pack, copy, stored);
                } else {
                    spare(packs_[pack], stored);
                    packs_[pack].duplicate_bytes += packed_size(stored);
                }
            }
        });
    }

    bool is_sound(size_t entry) const {
        return packs_[index_.stored(entry).pack].usable && !sets_.broken.test(entry);
    }

    Worth worth(size_t number, uint64_t small) const {
        const PackFacts& pack = packs_[number];
        const double all = static_cast<double>(std::max<uint64_t>(1, pack.size));
        return {.stays = pack.spare_bytes == 0 && !pack.mixed() && pack.size >= small,
                .needed_part = static_cast<double>(needed_[number]) / all,
                .size = pack.size,
                .earlier = packs_.size() - number};
    }

    void keep(size_t pack, size_t entry, const PackedBlob& blob) {
        PackFacts& facts = packs_[pack];
        if (!is_sound(entry)) {
            if (missing_.size() < missing_told) missing_.push_back(blob.id);
            return;
        }
        sets_.kept.set(entry);
        facts.kept_blobs += 1;
        facts.kept_bytes += packed_size(blob);
        facts.has_bare_trees |= blob.type == BlobType::tree && !blob.compressed();
    }

    static void spare(PackFacts& pack, const PackedBlob& blob) {
        pack.spare_blobs += 1;
        pack.spare_bytes += packed_size(blob);
    }

    const Index& index_;
    std::vector<PackFacts>& packs_;
    EntrySets& sets_;
    std::vector<uint64_t> needed_{};  // bytes of each pack that are needed, further copies too
    std::vector<BlobId> missing_{};
};

// In this order they are written anew, until enough is gained.
enum class Need : uint8_t {
    form,    // mixed, or with trees that are not compressed: every reader is slower for it
    folder,  // trees: read at every start, so nothing useless should be between them
    small,
    waste,
};

struct Candidate {
    size_t pack = 0;
    Need need = Need::waste;
    double waste = 0;  // unneeded bytes for a needed one
};

std::vector<Candidate> find_candidates(const std::vector<PackFacts>& packs) {
    const uint64_t small = small_below(packs);
    std::array<size_t, 2> small_ones{};
    const auto is_small = [&](const PackFacts& p) { return p.kept_blobs != 0 && p.size < small; };
    for (const PackFacts& pack : packs)
        small_ones[pack.has_trees ? 1 : 0] += is_small(pack) ? 1 : 0;
    std::vector<Candidate> found;
    for (size_t i = 0; i < packs.size(); ++i) {
        const PackFacts& pack = packs[i];
        if (pack.kept_blobs == 0) continue;
        const double waste =
            static_cast<double>(pack.spare_bytes) / static_cast<double>(pack.kept_bytes);
        const bool merge =
            is_small(pack) && small_ones[pack.has_trees ? 1 : 0] >= small_packs_at_least;
        if (pack.mixed() || pack.has_bare_trees) {
            found.push_back({i, Need::form, waste});
        } else if (pack.has_trees && pack.spare_bytes > 0) {
            found.push_back({i, Need::folder, waste});
        } else if (merge) {
            found.push_back({i, Need::small, waste});
        } else if (pack.spare_bytes > 0) {
            found.push_back({i, Need::waste, waste});
        }
    }
    std::ranges::stable_sort(found, [](const Candidate& a, const Candidate& b) {
        return std::tuple(a.need, -a.waste) < std::tuple(b.need, -b.waste);
    });
    return found;
}

}  // namespace

uint64_t UnusedLimit::beside(uint64_t used) const {
    if (bytes) return *bytes;
    if (percent >= 100) return UINT64_MAX;
    // p percent of the whole is p/(100-p) of the rest.
    return static_cast<uint64_t>(static_cast<double>(used) * percent / (100 - percent));
}

std::vector<PackFacts> list_packs(const Index& index) {
    std::vector<PackFacts> packs(index.pack_count());
    index.for_each([&](size_t pack, size_t entry, const PackedBlob& blob) {
        PackFacts& facts = packs[pack];
        if (facts.entries++ == 0) {
            facts.first_entry = entry;
            facts.size = empty_pack_size;
        }
        facts.size += packed_size(blob);
    });
    return packs;
}

std::vector<BlobId> choose_copies(const Index& index, std::vector<PackFacts>& packs,
                                  EntrySets& sets) {
    return CopyChoice(index, packs, sets).run();
}

PrunePlan plan_prune(const std::vector<PackFacts>& packs, const PruneOptions& options) {
    PrunePlan plan;
    plan.fates.assign(packs.size(), PackFate::keep);
    uint64_t needed = 0;
    for (size_t i = 0; i < packs.size(); ++i) {
        needed += packs[i].kept_bytes;
        if (packs[i].kept_blobs == 0) {
            plan.fates[i] = PackFate::remove;
        } else {
            plan.bytes_unused_left += packs[i].spare_bytes;
        }
    }
    const uint64_t limit = options.max_unused.beside(needed);
    for (const Candidate& candidate : find_candidates(packs)) {
        const PackFacts& pack = packs[candidate.pack];
        const bool enough = candidate.need == Need::waste && plan.bytes_unused_left <= limit;
        const bool too_much = pack.kept_bytes > options.max_repack_size - plan.bytes_to_rewrite;
        if (enough || too_much) continue;
        plan.fates[candidate.pack] = PackFate::rewrite;
        plan.bytes_to_rewrite += pack.kept_bytes;
        plan.bytes_unused_left -= pack.spare_bytes;
    }
    return plan;
}

}  // namespace lifeboat::repository
