#include "repository/pruner.h"

#include "base/error.h"
#include "base/text.h"
#include "repository/hold_file.h"
#include "repository/parity.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

namespace lifeboat::repository {

namespace {

constexpr const char* mark_phase = "mark";
constexpr const char* rewrite_phase = "rewrite";
constexpr const char* remove_phase = "remove";
constexpr const char* nothing_deleted =
    "Nothing was deleted. `lifeboat place repair` mends what can be mended and tells which files "
    "are lost; then tidy up again.";
// Room for new index files and the lock while old and new stand side by side.
constexpr uint64_t space_reserve = uint64_t{32} << 20;
constexpr uint64_t progress_step = uint64_t{4} << 20;
// Removing waits for the disk or the server, not for the processor.
constexpr size_t removers = 4;

}  // namespace

PruneReport Pruner::run() {
    report_.dry_run = options_.dry_run;
    events_.on(PhaseStarted{mark_phase, store_.backend().where()});
    // Snapshots before indexes: a backup by someone who does not look at locks would otherwise seem
    // to need what no index knows.
    listed_ = list_files();
    const auto roots = find_roots();
    load_index();
    find_packs();
    mark(roots);
    // A broken copy changes the plan, and that may bring others into question.
    do {
        decide();
    } while (find_broken_copies());
    describe();
    events_.on(PhaseEnded{mark_phase, store_.backend().where()});
    if (!options_.dry_run) execute();
    return report_;
}

Pruner::Listed Pruner::list_files() {
    storage::Backend& backend = store_.backend();
    return {.snapshots = list_ids<SnapshotId>(backend, "snapshots/", stop_),
            .holds = list_ids<SnapshotId>(backend, holds_folder, stop_),
            .indexes = list_ids<IndexId>(backend, "index/", stop_)};
}

// All of them or none: what an unreadable snapshot needs, nobody knows.
std::vector<MarkRoot> Pruner::find_roots() {
    std::vector<MarkRoot> roots;
    for (const SnapshotId& id : listed_.snapshots) {
        const Snapshot snapshot = while_doing("reading the backups before tidying up", [&] {
            return decode_snapshot(store_.load_document("snapshots/", {id.value}, stop_));
        });
        roots.push_back({snapshot.tree, "backup " + id.hex()});
    }
    for (const SnapshotId& id : listed_.holds) {
        if (std::ranges::binary_search(listed_.snapshots, id)) continue;
        const Hold hold = load_hold(store_, id, stop_);
        if (!hold.problem.empty()) {
            throw Corrupt("The hold on the backup " + id.hex() + " cannot be read: " + hold.problem,
                          "Nothing was deleted. `lifeboat place repair` fetches it from another "
                          "place; or release the hold with `lifeboat snapshot release`.");
        }
        roots.push_back({hold.snapshot.tree, "backup " + id.hex() + ", which is on hold"});
    }
    return roots;
}

void Pruner::load_index() {
    store_.refresh_index(stop_);
    const auto damages = store_.index_damages();
    if (damages.empty()) return;
    throw Corrupt(fmt::format("The file {} of the repository is damaged: {}", damages[0].file,
                              damages[0].problem),
                  nothing_deleted);
}

void Pruner::find_packs() {
    store_.backend().list(
        "data/",
        [&](const std::string& name, uint64_t size) {
            const auto id = PackId::parse(std::string_view(name).substr(name.rfind('/') + 1));
            if (!id || pack_name(*id) != name) return;
            unindexed_[*id] = size;
            report_.packs_before += 1;
            report_.bytes_before += size;
        },
        stop_);
    packs_ = store_.with_index(stop_, [](const Index& index) { return list_packs(index); });
    for (size_t i = 0; i < packs_.size(); ++i) {
        const PackId id =
            store_.with_index(stop_, [&](const Index& index) { return index.pack_id(i); });
        const auto listed = unindexed_.find(id);
        // A listing is no evidence of absence.
        const auto size = listed != unindexed_.end() ? std::optional(listed->second)
                                                     : store_.backend().size(pack_name(id), stop_);
        packs_[i].usable = size == packs_[i].size;
        if (listed != unindexed_.end()) unindexed_.erase(listed);
    }
    for (const auto& [id, size] : unindexed_) report_.bytes_unindexed += size;
    report_.packs_unindexed = unindexed_.size();
}

void Pruner::mark(const std::vector<MarkRoot>& roots) {
    const size_t entries =
        store_.with_index(stop_, [](const Index& index) { return index.entry_count(); });
    sets_ = std::make_unique<EntrySets>(entries);
    std::atomic<uint64_t> done = 0;
    mark_used(
        store_, roots, sets_->used,
        [&] {
            events_.on(Progress{.phase = mark_phase,
                                .place = store_.backend().where(),
                                .items_done = ++done,
                                .items_total = roots.size()});
        },
        stop_);
}

void Pruner::decide() {
    const auto lost = store_.with_index(
        stop_, [&](const Index& index) { return choose_copies(index, packs_, *sets_); });
    if (!lost.empty()) {
        throw Corrupt(fmt::format("Packs that backups need are missing, cut or damaged: the "
                                  "blob {} is lost with one",
                                  lost.front().hex()),
                      nothing_deleted);
    }
    plan_ = plan_prune(packs_, options_);
    fit_into_space();
}

// A blob that is in a pack which stays and in one which goes: only after a look at the copy that
// stays may the other go. (What is written anew is looked at when it is copied.)
bool Pruner::loses_a_copy(const Index& index, size_t entry, const PackedBlob& blob) const {
    if (!sets_->kept.test(entry) || !sets_->several.test(*index.first_entry(blob.id, blob.type))) {
        return false;
    }
    const auto copies = index.entries(blob.id, blob.type);
    return std::ranges::any_of(copies, [&](size_t copy) {
        return plan_.fates[index.stored(copy).pack] != PackFate::keep;
    });
}

bool Pruner::find_broken_copies() {
    size_t pack = 0;
    const auto next = [&]() -> std::optional<BoxJob> {
        return store_.with_index(stop_, [&](const Index& index) -> std::optional<BoxJob> {
            for (; pack < packs_.size(); ++pack) {
                if (plan_.fates[pack] != PackFate::keep) continue;
                BoxJob job{.pack = index.pack_id(pack)};
                const PackFacts& facts = packs_[pack];
                for (size_t i = facts.first_entry; i < facts.first_entry + facts.entries; ++i) {
                    const PackedBlob blob = index.stored(i).blob;
                    if (loses_a_copy(index, i, blob)) job.blobs.push_back(blob);
                }
                if (job.blobs.empty()) continue;
                ++pack;
                std::ranges::sort(job.blobs, {}, &PackedBlob::offset);
                return job;
            }
            return std::nullopt;
        });
    };
    bool found = false;
    const auto broken = [&](const PackId& id, const PackedBlob& blob) {
        found = true;
        store_.note(Severity::warning, pack_name(id) + ": a blob's seal is broken");
        store_.with_index(stop_, [&](const Index& index) {
            for (const size_t entry : index.entries(blob.id, blob.type)) {
                const auto [number, stored] = index.stored(entry);
                if (index.pack_id(number) == id && stored == blob) sets_->broken.set(entry);
            }
        });
    };
    find_broken_boxes(store_, next, broken, stop_);
    return found;
}

// On a place that is nearly full, as much is written anew as fits beside the old packs; the next
// run has the room of what this one frees.
void Pruner::fit_into_space() {
    const auto space = store_.backend().space(stop_);
    if (!space || space->free >= plan_.bytes_to_rewrite + space_reserve) return;
    report_.short_of_space = plan_.bytes_to_rewrite > 0;
    const uint64_t room = space->free > space_reserve ? space->free - space_reserve : 0;
    options_.max_repack_size = std::min(options_.max_repack_size, room);
    plan_ = plan_prune(packs_, options_);
}

void Pruner::describe() {
    for (size_t i = 0; i < packs_.size(); ++i) {
        const PackFacts& pack = packs_[i];
        report_.blobs_kept += pack.kept_blobs;
        report_.bytes_kept += pack.kept_bytes;
        report_.bytes_duplicate += pack.duplicate_bytes;
        if (plan_.fates[i] == PackFate::keep) continue;
        (plan_.fates[i] == PackFate::remove ? report_.packs_removed : report_.packs_rewritten) += 1;
        report_.blobs_removed += pack.spare_blobs;
        if (pack.usable) report_.bytes_freed += pack.size - pack.kept_bytes;
    }
    report_.bytes_freed += report_.bytes_unindexed;
    report_.bytes_rewritten = plan_.bytes_to_rewrite;
    report_.bytes_unused_left = plan_.bytes_unused_left;
}

void Pruner::execute() {
    store_.with_index(stop_, [&](const Index& index) {
        for (size_t i = 0; i < packs_.size(); ++i) {
            if (plan_.fates[i] != PackFate::keep) gone_.insert(index.pack_id(i));
        }
    });
    IndexWriter index(store_, lock_);
    if (report_.packs_rewritten > 0) copy(index);
    swap_indexes(index);
    remove_packs();
    remove_parity();
}

std::optional<BoxJob> Pruner::next_job() {
    if (next_rewrite_ == to_rewrite_.size()) return std::nullopt;
    const size_t number = to_rewrite_[next_rewrite_++];
    const PackFacts& pack = packs_[number];
    return store_.with_index(stop_, [&](const Index& index) {
        BoxJob job{.pack = index.pack_id(number)};
        for (size_t i = pack.first_entry; i < pack.first_entry + pack.entries; ++i) {
            if (sets_->kept.test(i)) job.blobs.push_back(index.stored(i).blob);
        }
        std::ranges::sort(job.blobs, {}, &PackedBlob::offset);
        return job;
    });
}

void Pruner::copy(IndexWriter& index) {
    const std::string where = store_.backend().where();
    events_.on(PhaseStarted{rewrite_phase, where});
    uint64_t blobs = 0;
    for (size_t i = 0; i < packs_.size(); ++i) {
        if (plan_.fates[i] != PackFate::rewrite) continue;
        to_rewrite_.push_back(i);
        blobs += packs_[i].kept_blobs;
    }
    sys::Random& random = store_.options().random;
    for (size_t i = to_rewrite_.size(); i > 1; --i) {
        std::swap(to_rewrite_[i - 1], to_rewrite_[random.below(i)]);
    }
    Progress progress{
        .phase = rewrite_phase, .place = where, .bytes_total = plan_.bytes_to_rewrite};
    uint64_t told = 0;
    BoxCopier copier(store_, lock_, index, [&](uint64_t bytes) {
        progress.bytes_done += bytes;
        if (progress.bytes_done - told < progress_step) return;
        told = progress.bytes_done;
        events_.on(progress);
    });
    const CopyResult copied = copier.run([this] { return next_job(); }, stop_);
    assert(copied.blobs == blobs);
    verify_copies(copied);
    report_.packs_written = copied.packs.size();
    events_.on(PhaseEnded{rewrite_phase, where});
}

// Before anything is deleted for their sake: are they really there?
void Pruner::verify_copies(const CopyResult& copied) {
    for (const auto& [id, size] : copied.packs) {
        written_.insert(id);
        if (store_.backend().size(pack_name(id), stop_) == size) continue;
        throw Corrupt(fmt::format("{} was just written and is not there as it should be in {}",
                                  pack_name(id), store_.backend().where()),
                      "Nothing was deleted. The place does not keep what it is given: test it with "
                      "`lifeboat place test`.");
    }
}

void Pruner::swap_indexes(IndexWriter& index) {
    const IndexSwap swap(
        store_, listed_.indexes, [this](const PackId& id) { return gone_.contains(id); }, stop_);
    swap.write(index, stop_);
    refuse_changes(index.written());
    std::vector<std::string> names;
    for (const IndexId& id : swap.replaced()) names.push_back("index/" + id.hex());
    for (const std::string& name : names) {
        lock_.ensure_held(stop_);
        store_.backend().remove(name, stop_);
    }
    report_.index_files_removed = names.size();
    report_.index_files_written = index.written().size();
}

// The last look before the first deletion: whoever wrote in spite of the lock may need what is to
// go.
void Pruner::refuse_changes(const std::vector<IndexId>& own) {
    Listed now = list_files();
    std::erase_if(now.indexes, [&](const IndexId& id) { return std::ranges::count(own, id) > 0; });
    if (now == listed_) return;
    throw Temporary("Another program wrote into " + store_.backend().where() +
                        " while it was to be tidied up alone",
                    "Nothing was deleted. Try again when no other program uses the repository.");
}

void Pruner::remove_packs() {
    std::vector<std::string> names;
    for (const PackId& id : gone_) names.push_back(pack_name(id));
    for (const auto& [id, size] : unindexed_) names.push_back(pack_name(id));
    remove_files(names);
}

// Parity of packs and indexes that went. That of snapshots and keys stays: a listing is no evidence
// that they are gone, and their parity is a copy of them.
void Pruner::remove_parity() {
    std::unordered_set<PackId, IdHash> there(written_);
    store_.with_index(stop_, [&](const Index& index) {
        for (size_t i = 0; i < packs_.size(); ++i) {
            if (plan_.fates[i] == PackFate::keep) there.insert(index.pack_id(i));
        }
    });
    const auto indexes = list_ids<IndexId>(store_.backend(), "index/", stop_);
    std::vector<std::string> names;
    store_.backend().list(
        "parity/",
        [&](const std::string& name, uint64_t) {
            const std::string file = file_of_parity(name);
            const auto id = std::string_view(file).substr(file.rfind('/') + 1);
            const bool gone = file.starts_with("data/")
                                  ? !there.contains(*PackId::parse(id))
                                  : file.starts_with("index/") &&
                                        !std::ranges::binary_search(indexes, *IndexId::parse(id));
            if (gone) names.push_back(name);
        },
        stop_);
    remove_files(names);
    report_.parity_files_removed = names.size();
}

void Pruner::remove_files(const std::vector<std::string>& names) {
    if (names.empty()) return;
    const std::string where = store_.backend().where();
    events_.on(PhaseStarted{remove_phase, where});
    std::atomic<size_t> next = 0;
    std::atomic<uint64_t> done = 0;
    TaskGroup group(stop_);
    for (size_t i = 0; i < std::min(removers, names.size()); ++i) {
        group.run([&](const std::stop_token& stop) {
            for (size_t at = next++; at < names.size() && !stop.stop_requested(); at = next++) {
                lock_.ensure_held(stop);
                store_.backend().remove(names[at], stop);
                events_.on(Progress{.phase = remove_phase,
                                    .place = where,
                                    .items_done = ++done,
                                    .items_total = names.size()});
            }
        });
    }
    group.join();
    events_.on(PhaseEnded{remove_phase, where});
}

}  // namespace lifeboat::repository
