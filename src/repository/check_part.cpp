#include "repository/check_part.h"

#include "base/error.h"
#include "repository/check.h"
#include "repository/lock.h"
#include "repository/open_repository.h"

#include <algorithm>
#include <unordered_set>

namespace lifeboat::repository {

// Every copy counts: which of them a restore takes is not for a check to guess.
void Checker::mark_needed(const BlobId& id, BlobType type) {
    store_.with_index(stop_, [&](const Index& index) {
        for (const size_t entry : index.entries(id, type)) {
            needed_packs_[index.stored(entry).pack] = true;
        }
    });
}

void Checker::find_needed(const Snapshot& snapshot) {
    needed_packs_.resize(packs_.size());
    std::unordered_set<BlobId, IdHash> seen;
    std::vector<BlobId> trees{snapshot.tree};
    while (!trees.empty()) {
        if (stop_.stop_requested()) throw Cancelled{};
        const BlobId id = trees.back();
        trees.pop_back();
        if (!seen.insert(id).second) continue;
        mark_needed(id, BlobType::tree);
        try {
            const auto tree = store_.load_tree(id, stop_);
            for (const Node& node : *tree) {
                for (const BlobId& piece : node.content) mark_needed(piece, BlobType::data);
                if (node.type == NodeType::dir) trees.push_back(node.subtree);
            }
        } catch (const Corrupt&) {
            continue;  // said when the snapshot's folders are looked through
        }
    }
}

// By name and round and round, so that nothing need be remembered but where the last run ended, and
// packs that come and go meanwhile do not make others wait.
std::vector<size_t> Checker::part_of(std::vector<size_t> packs) {
    if (!needed_packs_.empty()) {
        std::erase_if(packs, [&](size_t pack) { return !needed_packs_[pack]; });
    }
    std::vector<std::pair<PackId, size_t>> by_name;
    store_.with_index(stop_, [&](const Index& index) {
        for (const size_t pack : packs) by_name.emplace_back(index.pack_id(pack), pack);
    });
    std::sort(by_name.begin(), by_name.end());
    if (part_->share > 0 && part_->after) {
        const auto next = std::upper_bound(
            by_name.begin(), by_name.end(), *part_->after,
            [](const PackId& after, const auto& pack) { return after < pack.first; });
        std::rotate(by_name.begin(), next, by_name.end());
    }
    double wanted = 0;
    for (const size_t pack : packs) wanted += static_cast<double>(packs_[pack].size);
    if (part_->share > 0) wanted *= std::min(part_->share, 1.0);
    std::vector<size_t> chosen;
    double sum = 0;
    for (const auto& [id, pack] : by_name) {
        if (sum >= wanted) break;
        sum += static_cast<double>(packs_[pack].size);
        chosen.push_back(pack);
        last_ = id;
    }
    return chosen;
}

CheckPartReport Checker::check_part(const CheckPart& part) {
    part_ = &part;
    CheckPartReport result{.check = check()};
    result.last = last_;
    result.packs_read = packs_read_;
    if (needed_packs_.empty()) return result;
    // What other snapshots need is not asked about.
    std::erase_if(result.check.damages, [&](const Damage& damage) {
        const auto id = PackId::parse(
            damage.file.substr(std::min(damage.file.size(), damage.file.rfind('/') + 1)));
        if (!id || !damage.file.starts_with("data/")) return false;
        const auto number =
            store_.with_index(stop_, [&](const Index& index) { return index.pack_number(*id); });
        return number && !needed_packs_[*number];
    });
    result.check.hints.clear();
    return result;
}

CheckPartReport check_part(Repository& repository, const CheckPart& part, EventSink& events,
                           const std::stop_token& stop) {
    Store& known = dynamic_cast<OpenRepository&>(repository).store();
    if (part.snapshot && !known.backend().size("snapshots/" + part.snapshot->hex(), stop)) {
        throw Missing("There is no backup " + part.snapshot->hex() + " at " +
                      known.backend().where());
    }
    Store fresh(known.backend(), known.options(), known.key(), known.config(), known.key_id());
    const RepositoryLock lock(fresh, LockKind::exclusive, stop, WhenUnwritable::go_without);
    const CheckOptions options{.read_data = part.read_data};
    return Checker(fresh, options, events, stop).check_part(part);
}

}  // namespace lifeboat::repository
