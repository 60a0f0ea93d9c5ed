// A backup under way: reads and chunks in the threads that put, hashes, compresses and seals in
// workers, stores packs in a thread of its own.
#pragma once

#include "base/task_group.h"
#include "repository/arena.h"
#include "repository/chunk_reader.h"
#include "repository/pack_saver.h"
#include "repository/pending_tree.h"
#include "repository/snapshot_tree.h"

#include <array>
#include <atomic>
#include <deque>
#include <memory>
#include <optional>

namespace lifeboat::repository {

class Builder final : public SnapshotBuilder {
public:
    // `parent_tree` may be null.
    Builder(Store& store, const ChunkCutter& cutter, std::unique_ptr<RepositoryLock> lock,
            const Snapshot* parent, std::stop_token stop);
    ~Builder() override;

    void put(const Item& item, ByteSource& content) override;
    bool keep(const Item& item) override;
    void keep_all() override;
    void unreadable(const ItemPath& path, const std::string& reason) override;
    void move(const ItemPath& from, const ItemPath& to) override;
    void remove(const ItemPath& path) override;
    const FileTree& so_far() const override { return view_; }
    std::optional<uint64_t> room() const override;
    void settle() override { checkpoint(stop_); }

    std::vector<BlobId> content_of(const ItemPath& path) override;
    bool adopt(const Item& item, std::vector<BlobId> content) override;
    Receipt finish(const Snapshot& draft, const std::stop_token& stop) override;
    void checkpoint(const std::stop_token& stop) override;
    uint64_t bytes_stored() const override { return saver_.bytes_stored(); }

private:
    // The tree of the backup under way, for who looks into it.
    class View final : public FileTree {
    public:
        explicit View(Builder& builder) : builder_(builder) {}
        std::optional<Item> find(const ItemPath& path) const override;
        void list(const ItemPath& folder, const Each& each) const override;
        std::unique_ptr<ByteSource> open(const ItemPath& path) const override;

    private:
        Builder& builder_;
    };

    // One chunk on its way to a worker.
    struct Job {
        Block memory{};
        size_t size = 0;
        std::shared_ptr<FileContent> content{};
        size_t number = 0;  // of the chunk in its file
    };
    struct Flow {
        size_t jobs = 0;  // not yet done
        size_t bytes = 0;
    };

    std::shared_ptr<FileContent> read_content(ByteSource& content, uint64_t& size);
    void submit(ByteView chunk, const std::shared_ptr<FileContent>& content, size_t number);
    std::unique_ptr<ChunkReader> take_reader();
    void work(const std::stop_token& stop);
    // A chunk that is being hashed, or was.
    struct Hashed {
        std::optional<Job> job{};
        BlobId id{};
    };
    struct Worker {
        Codec codec;
        std::array<Hashed, crypto::sha256_lanes> lanes{};
        std::deque<Hashed> ahead{};  // hashed while a pack was; to be stored
    };
    // The next chunk to hash; nothing when none waits.
    std::optional<crypto::Sha256Message> begin(Hashed& hashed, std::optional<Job> job);
    std::optional<crypto::Sha256Message> begin_ahead(Worker& worker);
    // Stores what was hashed and lets its memory go.
    void finish(Worker& worker, Hashed& hashed);
    void finish_ahead(Worker& worker);
    void process(Codec& codec, Job& job, const BlobId& id);
    void store_packs(const std::stop_token& stop);
    BlobId store_tree(Codec& codec, std::span<const Node* const> nodes);
    SnapshotTree::Place parent_place(const Item& item) const;
    // No chunk is on its way to a pack.
    void wait_for_workers();
    // Everything put so far lies in stored packs.
    void drain();
    bool all_known(std::span<const BlobId> content, bool stored);
    void save_snapshot(const Snapshot& draft, const BlobId& root, Receipt& receipt);
    [[noreturn]] void fail() const;
    static void refuse_when(const std::stop_token& stop);

    Store& store_;
    const ChunkCutter& cutter_;
    std::unique_ptr<RepositoryLock> lock_;
    std::stop_token stop_;
    std::unique_ptr<SnapshotTree> parent_{};
    std::optional<SnapshotId> parent_id_{};
    PackSaver saver_;
    Arena arena_;
    Packer packer_;
    BoundedQueue<Job> jobs_;
    Guarded<Flow> flow_;
    Guarded<PendingTree> tree_;
    Guarded<std::vector<std::unique_ptr<ChunkReader>>> readers_;
    std::atomic<uint64_t> bytes_new_ = 0;
    View view_{*this};
    bool finished_ = false;
    std::optional<TaskGroup> group_;  // last: its threads use all of the above
};

}  // namespace lifeboat::repository
