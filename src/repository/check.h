// Looks through a repository for what is damaged, and says which files of which snapshots that
// costs.
#pragma once

#include "repository/check_part.h"
#include "repository/store.h"

#include <optional>
#include <span>
#include <unordered_set>
#include <vector>

namespace lifeboat::repository {

inline constexpr const char* check_phase = "check";
struct PackProof;

class Checker {
public:
    Checker(Store& store, const CheckOptions& options, EventSink& events, std::stop_token stop)
        : store_(store), options_(options), events_(events), stop_(std::move(stop)) {}

    // Once. The caller holds the exclusive lock.
    CheckReport check();
    CheckPartReport check_part(const CheckPart& part);

private:
    struct Findings {
        CheckReport report{};
        std::vector<bool> bad{};  // by number of the index entry
        uint64_t bytes_total = 0;
        std::unordered_set<PackId, IdHash> repairable{};  // damaged packs that their parity mends
    };
    // What the index says of a pack, in sums: a repository has hundreds of thousands of them.
    struct PackSum {
        uint64_t size = 0;         // of the whole file
        uint32_t first_entry = 0;  // its entries follow each other
        uint32_t blobs = 0;
    };
    // The same in full, only while the pack is being read.
    struct ExpectedPack {
        PackId id{};
        uint64_t size = 0;
        std::vector<std::pair<size_t, PackedBlob>> blobs{};  // with the entry's number
    };
    // A pack that was read, and what is wrong with it.
    struct PackRead {
        ExpectedPack pack{};
        ByteView bytes{};
        uint64_t size = 0;  // of what could be read
        bool missing = false;
        bool unreadable = false;
        std::vector<size_t> bad{};  // numbers of index entries
        std::string problem{};
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
    void sum_packs();
    // The sizes of the pack files that are there, by number of the pack; says which nobody names.
    std::vector<uint64_t> listed_sizes();
    void check_size(size_t pack, const PackId& id, uint64_t size);
    ExpectedPack expected(size_t pack);
    // check_part.cpp
    void mark_needed(const BlobId& id, BlobType type);
    void find_needed(const Snapshot& snapshot);
    std::vector<size_t> part_of(std::vector<size_t> packs);
    // check_packs.cpp
    void read_packs();
    void read_some(std::span<const size_t> numbers);
    void load(PackRead& read, Buffer& memory);
    void prove(Codec& codec, std::span<PackRead> reads);
    void judge(Codec& codec, PackProof proof, PackRead& read);
    void read_again(PackRead& read);
    void report_read(const PackRead& read);
    std::string header_problem(Codec& codec, const ExpectedPack& pack, ByteView bytes);
    void find_whole_trees(const BlobId& root);
    void enter(std::vector<Frame>& frames, const BlobId& id);
    // Whether a tree was looked through, and is whole. A tree in no index never is.
    std::optional<size_t> number_of(const BlobId& tree);
    bool is_seen(const BlobId& tree);
    bool is_whole(const BlobId& tree);
    void set_whole(const BlobId& tree, bool whole);
    void report_affected(const Snapshot& snapshot);
    void report_file(const Snapshot& snapshot, const std::string& path, const Node& node);
    void affect(const Snapshot& snapshot, const std::string& path, const std::string& problem);
    bool is_lost(const BlobId& id);
    // Damage that says whether the file's parity could give it back, which is returned.
    bool damaged_file(const std::string& name, const std::string& problem);
    void damaged_pack(const PackId& id, const std::string& problem);
    void report_healed();
    void check_parity();
    uint64_t count_damaged(const std::vector<std::string>& files);
    void damage(const std::string& file, const std::string& problem);
    void hint(const std::string& text);

    Store& store_;
    const CheckOptions& options_;
    EventSink& events_;
    std::stop_token stop_;
    std::vector<PackSum> packs_{};
    const CheckPart* part_ = nullptr;   // null: everything
    std::vector<bool> needed_packs_{};  // by number; empty: all are
    std::optional<PackId> last_{};
    uint64_t packs_read_ = 0;
    Guarded<Findings> findings_;
    // A bit for each index entry; that of a tree's first copy stands for the tree.
    std::vector<bool> tree_seen_{};
    std::vector<bool> tree_whole_{};  // of those seen; false: damage in it or below
};

}  // namespace lifeboat::repository
