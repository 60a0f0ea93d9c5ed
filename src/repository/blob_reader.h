// Blobs for many readers at once: each is loaded by one of them, kept within a limit of memory, and
// can be asked for before it is needed.
#pragma once

#include "base/task_group.h"
#include "repository/store.h"

#include <deque>
#include <set>

namespace lifeboat::repository {

class BlobReader {
public:
    // `ahead_threads` load what ahead() asks for.
    BlobReader(Store& store, size_t memory, unsigned ahead_threads);

    // Throws as Store::load_blob.
    Blob get(const BlobId& id, const std::stop_token& stop);
    // A hint, dropped when too many wait; a failure shows when the blob is needed.
    void ahead(const BlobId& id);

private:
    struct State {
        std::set<BlobId> loading;
        std::deque<BlobId> wanted;
    };

    // False when another thread loads it: it waited for that one.
    bool begin(const BlobId& id, const std::stop_token& stop);
    void end(const BlobId& id);
    Blob load(const BlobId& id, const std::stop_token& stop);
    void work_ahead(const std::stop_token& stop);

    Store& store_;
    LruCache<BlobId, LoadedBlob, IdHash> blobs_;
    Guarded<State> state_;
    TaskGroup group_;  // last: its threads use everything above
};

}  // namespace lifeboat::repository
