// One run of a repair: what it knows of the damaged place, step by step.
#pragma once

#include "repository/box_writer.h"
#include "repository/pack_survey.h"
#include "repository/repair_sources.h"

#include <unordered_map>
#include <unordered_set>

namespace lifeboat::repository {

class Repairer {
public:
    // The caller holds the exclusive lock. All references outlive the run.
    Repairer(Store& store, RepositoryLock& lock, const RepairOptions& options, EventSink& events,
             std::stop_token stop);

    // Once.
    RepairReport run();

private:
    // A run of entries of one of the two indexes below.
    struct Entries {
        size_t first = 0, count = 0;
    };
    struct Pack {
        PackId id{};
        std::optional<uint64_t> size{};  // as listed
        Entries claimed{};               // in claims_
        Entries found{};                 // in found_, when the claim is wrong or there is none
        bool claim_right = false;
        bool whole = false;     // and so to be named by an index file
        bool in_index = false;  // some index file names it
    };
    struct DamagedPack {
        size_t number = 0;  // in packs_
        SurveyedPack survey{};
    };
    struct Loaded {
        SnapshotId id{};
        std::string json{};
        Snapshot snapshot{};
    };
    struct Frame {  // of the walk through a snapshot's trees
        BlobId id{};
        Tree tree{};
        size_t next = 0;
        bool whole = true;
    };
    struct RewrittenFolder {  // while it is made
        BlobId id{};
        Tree old{};
        size_t next = 0;  // in `old`
        Tree kept{};
    };

    // repair.cpp: files with a name of their own
    void mend_config();
    void conclude();
    void mend_keys();
    std::vector<Loaded> mend_snapshots();
    void mend_holds();
    std::string problem_of_hold(const SnapshotId& id, const std::string& name);
    std::optional<RepairSources::File> snapshot_in_hold(const SnapshotId& id);
    void mend_named(const std::string& name, ByteView hash, const std::string& problem);
    void replace(const std::string& name, const RepairSources::File& file,
                 const std::string& problem);
    void remove(const std::string& name);
    void set_aside(const std::string& name);

    // repair_index.cpp
    void read_claims();
    bool index_is_right(const IndexId& id);
    bool is_right(const IndexedPack& pack, std::vector<size_t>& numbers);
    void plan_index();
    void drop_old_indexes();

    // repair_packs.cpp
    void list_packs();
    void survey_packs();
    void take_in(size_t number, SurveyedPack&& found);
    std::vector<PackedBlob> claim_of(const Pack& pack) const;
    std::vector<PackedBlob> contents_of(const Pack& pack) const;
    void mend_damaged_packs();
    bool fetch_pack(DamagedPack& damaged);
    void save_blobs(DamagedPack& damaged);
    void drop_damaged_packs();
    void tell_progress(uint64_t bytes);

    // repair_trees.cpp
    // Whole in a pack that stays, or in a new one.
    bool is_available(const BlobId& id, BlobType type) const;
    bool in_whole_pack(const BlobId& id, BlobType type) const;
    bool is_lost(const BlobId& id, BlobType type) const {
        return lost_[static_cast<size_t>(type)].contains(id);
    }
    void note_lost(const BlobId& id, BlobType type, const std::string& what) {
        lost_[static_cast<size_t>(type)].emplace(id, what);
    }
    void note_written(const BlobId& id, BlobType type) {
        written_[static_cast<size_t>(type)].insert(id);
    }
    size_t lost_count() const { return lost_[0].size() + lost_[1].size(); }
    bool loses_piece(const Node& node) const;
    std::optional<Tree> load_tree(const BlobId& id);
    bool obtain(const BlobId& id, BlobType type);
    void find_lost(const BlobId& root);
    void enter(std::vector<Frame>& frames, const BlobId& id);
    void report_affected(const Snapshot& snapshot);
    void affect(const Snapshot& snapshot, const std::string& path, const std::string& problem);

    // repair_rewrite.cpp
    void rewrite_snapshots(const std::vector<Loaded>& snapshots);
    void rewrite_snapshot_file(const Loaded& old, const std::optional<BlobId>& tree);
    void rewrite_tree(const BlobId& root);
    const std::optional<BlobId>* rewritten(const BlobId& id);
    void finish_rewriting(const RewrittenFolder& folder);

    Store& store_;
    RepositoryLock& lock_;
    const RepairOptions& options_;
    EventSink& events_;
    std::stop_token stop_;
    RepairReport report_{};
    RepairSources sources_;
    BoxWriter writer_;

    Index claims_{};           // what index files say, the first that names a pack
    std::vector<bool> bad_{};  // by number of the entry in claims_
    Index found_{};            // what is known better
    std::vector<Pack> packs_{};
    std::unordered_map<PackId, size_t, IdHash> pack_numbers_{};
    std::vector<DamagedPack> damaged_{};
    std::vector<Damage> index_damages_{};
    std::vector<IndexId> old_indexes_{};     // go when the new ones are durable
    std::vector<std::string> unreadable_{};  // snapshots and keys nobody could bring back

    std::unordered_map<BlobId, bool, IdHash> whole_trees_{};  // looked through; false: loss below
    // By type: a file may hold the very bytes of a folder's list.
    std::array<std::unordered_map<BlobId, std::string, IdHash>, 2> lost_{};  // needed; and why
    std::array<std::unordered_set<BlobId, IdHash>, 2> written_{};            // into new packs
    std::unordered_map<BlobId, Blob, IdHash> fetched_trees_{};
    std::unordered_map<BlobId, std::optional<BlobId>, IdHash> rewritten_{};
    uint64_t bytes_total_ = 0;
};

}  // namespace lifeboat::repository
