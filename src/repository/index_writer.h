// Writes index files of handy size from packs as they come.
#pragma once

#include "repository/lock.h"
#include "repository/store.h"

#include <vector>

namespace lifeboat::repository {

// For one thread.
class IndexWriter {
public:
    IndexWriter(Store& store, RepositoryLock& lock) : store_(store), lock_(lock) {}

    // Writes a file when enough is gathered. A pack must not come twice.
    void add(IndexedPack pack, uint64_t pack_size, const std::stop_token& stop);
    // Writes what is gathered.
    void flush(const std::stop_token& stop);
    const std::vector<IndexId>& written() const { return written_; }

private:
    Store& store_;
    RepositoryLock& lock_;
    std::vector<IndexedPack> packs_{};
    size_t blobs_ = 0;
    uint64_t bytes_ = 0;  // of the packs
    std::vector<IndexId> written_{};
};

}  // namespace lifeboat::repository
