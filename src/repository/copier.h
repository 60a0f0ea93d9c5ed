// One run of a copy from repository to repository.
#pragma once

#include "repository/box_writer.h"
#include "repository/copy.h"

#include <unordered_set>

namespace lifeboat::repository {

class Copier {
public:
    // The caller holds the locks. All references outlive the run.
    struct Ends {
        Store& from;
        Store& to;
    };
    // `lock` is the target's.
    Copier(const Ends& ends, RepositoryLock& lock, const CopyOptions& options, EventSink& events,
           std::stop_token stop);

    // Once.
    CopyReport run();

private:
    struct Source {
        SnapshotId id{};
        std::string json{};
        Snapshot snapshot{};
    };
    struct Wanted {
        size_t pack = 0;  // number in the source's index
        PackedBlob blob{};
    };
    // Wanted blobs that lie together in one pack.
    struct Stretch {
        size_t first = 0, count = 0;  // in wanted_
    };

    std::vector<Source> choose();
    void load_targets();
    std::optional<SnapshotId> earlier_copy(const Source& source) const;
    void copy_batch(std::vector<Source>& batch);
    void want_tree(const BlobId& root);
    void want(const BlobId& id, BlobType type);
    std::vector<Stretch> stretches();
    void copy_wanted();
    void copy_stretch(const Stretch& stretch, const std::stop_token& stop);
    void copy_blob(const PackedBlob& blob, ByteView box, const std::stop_token& stop);
    void copy_any_copy(const PackedBlob& blob, const std::stop_token& stop);
    bool needs_lost(const BlobId& root);
    void save_snapshot(const Source& source);
    void name_what_is_stored() noexcept;

    Store& from_;
    Store& to_;
    RepositoryLock& lock_;
    const CopyOptions& options_;
    EventSink& events_;
    std::stop_token stop_;
    BoxWriter writer_;
    CopyReport report_{};

    struct Target {
        SnapshotId id{};
        std::string json{};
        Snapshot snapshot{};
    };
    std::vector<Target> targets_{};
    std::unordered_set<BlobId, IdHash> seen_trees_{};
    std::array<std::unordered_set<BlobId, IdHash>, 2> queued_{};  // by type
    std::vector<Wanted> wanted_{};
    uint64_t wanted_bytes_ = 0, bytes_total_ = 0;
    struct Progressed {
        uint64_t bytes = 0, blobs = 0;
        std::unordered_set<BlobId, IdHash> lost{};
    };
    Guarded<Progressed> done_;
};

}  // namespace lifeboat::repository
