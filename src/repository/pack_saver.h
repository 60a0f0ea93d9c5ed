// Stores finished packs, one thread of its own, and the index files that make them known.
#pragma once

#include "base/queue.h"
#include "repository/lock.h"
#include "repository/packer.h"

#include <atomic>

namespace lifeboat::repository {

// A pack counts as delivered until it is stored. Any thread, except where a function says more.
class PackSaver {
public:
    PackSaver(Store& store, RepositoryLock& lock);

    // Waits while too many packs wait to be stored. False when `stop` was requested.
    bool deliver(SealedPack&& pack, const std::stop_token& stop);
    // Stores what is delivered until close() or `stop`; the work of one thread. Gives memory back
    // to `packer`.
    void run(Packer& packer, const std::stop_token& stop);
    void close() { queue_.close(); }
    // Waits until everything delivered is stored. False when `stop` was requested.
    bool wait_until_stored(const std::stop_token& stop);
    // Writes an index of the packs that no index file names yet.
    void write_index(const std::stop_token& stop);

    uint64_t bytes_stored() const { return bytes_stored_; }

private:
    struct Unindexed {
        std::vector<IndexedPack> packs{};
        size_t blobs = 0;
        nanoseconds since{};
    };

    void save(SealedPack& pack, const std::stop_token& stop);
    bool index_is_due() const;

    Store& store_;
    RepositoryLock& lock_;
    BoundedQueue<SealedPack> queue_;
    Guarded<size_t> not_stored_;
    Guarded<Unindexed> unindexed_;
    std::atomic<uint64_t> bytes_stored_ = 0;
};

}  // namespace lifeboat::repository
