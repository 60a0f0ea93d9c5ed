// Removes what no backup needs. In an order that leaves a correct repository whenever it is cut
// off: copies, then indexes that know them, then the old indexes go, and last the old packs.
#pragma once

#include "repository/box_copier.h"
#include "repository/index_swap.h"
#include "repository/prune_mark.h"
#include "repository/prune_plan.h"

#include <set>
#include <unordered_map>

namespace lifeboat::repository {

class Pruner {
public:
    // `store` is fresh: nothing of it was loaded before the lock, which is exclusive.
    Pruner(Store& store, RepositoryLock& lock, const PruneOptions& options, EventSink& events,
           std::stop_token stop)
        : store_(store), lock_(lock), options_(options), events_(events), stop_(std::move(stop)) {}

    // Once. Throws Corrupt, with nothing deleted, when it is not certain what is needed.
    PruneReport run();

private:
    // What others could add if they did not respect the lock.
    struct Listed {
        std::vector<SnapshotId> snapshots{};
        std::vector<SnapshotId> holds{};
        std::vector<IndexId> indexes{};
        bool operator==(const Listed&) const = default;
    };
    using Sizes = std::unordered_map<PackId, uint64_t, IdHash>;

    Listed list_files();
    std::vector<MarkRoot> find_roots();
    void load_index();
    void find_packs();
    void mark(const std::vector<MarkRoot>& roots);
    void decide();
    bool find_broken_copies();
    bool loses_a_copy(const Index& index, size_t entry, const PackedBlob& blob) const;
    void fit_into_space();
    void describe();
    void execute();
    void copy(IndexWriter& index);
    void verify_copies(const CopyResult& copied);
    std::optional<BoxJob> next_job();
    void swap_indexes(IndexWriter& index);
    void refuse_changes(const std::vector<IndexId>& own);
    void remove_packs();
    void remove_parity();
    void remove_files(const std::vector<std::string>& names);

    Store& store_;
    RepositoryLock& lock_;
    PruneOptions options_;
    EventSink& events_;
    std::stop_token stop_;
    Listed listed_{};
    std::vector<PackFacts> packs_{};  // by the index's number
    Sizes unindexed_{};               // in no index
    std::unique_ptr<EntrySets> sets_{};
    PrunePlan plan_{};
    std::vector<size_t> to_rewrite_{};  // numbers, in random order
    size_t next_rewrite_ = 0;
    std::unordered_set<PackId, IdHash> gone_{};
    std::unordered_set<PackId, IdHash> written_{};
    PruneReport report_{};
};

}  // namespace lifeboat::repository
