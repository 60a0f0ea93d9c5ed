// An opened repository: joins store, locks, builder, reader and check.
#pragma once

#include "repository/chunker.h"
#include "repository/store.h"
#include "sys/page_pool.h"

namespace lifeboat::repository {

class OpenRepository final : public Repository {
public:
    OpenRepository(storage::Backend& backend, const Options& options, const crypto::BoxKey& key,
                   Config config, KeyId key_id);

    std::unique_ptr<SharedHold> hold(const std::stop_token& stop) override;
    std::unique_ptr<SharedHold> hold_to_read(const std::stop_token& stop) override;
    std::string id() const override { return store_.config().id; }
    std::vector<Snapshot> snapshots(const std::stop_token& stop) override;
    std::unique_ptr<SnapshotBuilder> build(const Snapshot* parent,
                                           const std::stop_token& stop) override;
    std::unique_ptr<FileTree> read(const Snapshot& snapshot, const std::stop_token& stop) override;
    CheckReport check(const CheckOptions& options, EventSink& events,
                      const std::stop_token& stop) override;
    void forget(const std::vector<SnapshotId>& ids, const std::stop_token& stop) override;
    PruneReport prune(const PruneOptions& options, EventSink& events,
                      const std::stop_token& stop) override;
    std::vector<KeyEntry> keys(const std::stop_token& stop) override;
    KeyId add_key(const SecretText& password, const std::stop_token& stop) override;
    void remove_key(const KeyId& id, const std::stop_token& stop) override;
    storage::Backend& backend() override { return store_.backend(); }

    Store& store() { return store_; }
    const Store& store() const { return store_; }

private:
    // Whoever goes on after a backup need not hold its memory.
    struct MemoryGoesBack {
        MemoryGoesBack() = default;
        MemoryGoesBack(const MemoryGoesBack&) = delete;
        MemoryGoesBack& operator=(const MemoryGoesBack&) = delete;
        ~MemoryGoesBack() { sys::release_page_pool(); }
    };

    void refuse_old_format() const;
    uint64_t remove_leftovers(const std::stop_token& stop);

    MemoryGoesBack memory_goes_back_{};  // first, so that it goes last
    Store store_;
    ChunkCutter cutter_;
};

}  // namespace lifeboat::repository
