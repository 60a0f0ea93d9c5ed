// Looks through a repository for what is damaged, and says which files of which snapshots that
// costs.
#pragma once

#include "repository/store.h"

#include <unordered_map>

namespace lifeboat::repository {

class Checker {
public:
    Checker(Store& store, const CheckOptions& options, EventSink& events, std::stop_token stop)
        : store_(store), options_(options), events_(events), stop_(std::move(stop)) {}

    // Once. The caller holds the exclusive lock.
    CheckReport check();

private:
    struct Findings {
        CheckReport report{};
        std::vector<bool> bad{};  // by number of the index entry
        uint64_t bytes_total = 0;
    };
    struct ExpectedPack {
        PackId id{};
        uint64_t size = 0;                                   // of the whole file, from the index
        std::vector<std::pair<size_t, PackedBlob>> blobs{};  // with the entry's number
    };
    struct Frame {  // of the walk that finds whole trees
        BlobId id{};
        std::shared_ptr<const Tree> tree{};
        size_t next = 0;
        bool whole = true;
    };

    std::vector<Snapshot> check_snapshots();
    void check_keys();
    void check_indexes();
    void check_pack_files();
    void check_size(const ExpectedPack& pack, uint64_t size);
    void read_packs();
    void read_pack(const ExpectedPack& pack);
    std::string problem_of(Codec& codec, const ExpectedPack& pack, ByteView bytes,
                           std::vector<size_t>& bad);
    std::string header_problem(Codec& codec, const ExpectedPack& pack, ByteView bytes);
    void find_whole_trees(const BlobId& root);
    void enter(std::vector<Frame>& frames, const BlobId& id);
    void report_affected(const Snapshot& snapshot);
    void report_file(const Snapshot& snapshot, const std::string& path, const Node& node);
    void affect(const Snapshot& snapshot, const std::string& path, const std::string& problem);
    bool is_lost(const BlobId& id);
    void damage(const std::string& file, const std::string& problem);
    void hint(const std::string& text);

    Store& store_;
    const CheckOptions& options_;
    EventSink& events_;
    std::stop_token stop_;
    std::vector<ExpectedPack> packs_{};
    Guarded<Findings> findings_;
    std::unordered_map<BlobId, bool, IdHash> whole_trees_{};  // looked through; false: damage below
};

}  // namespace lifeboat::repository
