// Backups held open for looking around in them: folders by number, files at any offset (a mount).
#pragma once

#include "item/open_tree.h"
#include "repository/repository.h"

namespace lifeboat::repository {

struct BrowseLimits {
    // Eight of the largest blobs that are made: a few sequential readers with one blob ahead each.
    size_t blob_memory = size_t{64} << 20;
    // A folder of 100,000 files takes about 40 MB as nodes; one above half of this is kept as well,
    // but only the last such one.
    size_t tree_memory = size_t{96} << 20;
    unsigned ahead_threads = 2;
};

// Any thread.
class Browser {
public:
    virtual ~Browser() = default;
    // The root of a backup; lives as long as the Browser. Nothing is read yet.
    virtual std::shared_ptr<const OpenFolder> open(const Snapshot& snapshot) = 0;
    // Takes in what others wrote into the place since.
    virtual void refresh(const std::stop_token& stop) = 0;
};

// The repository outlives it. No lock is taken: whoever browses for long holds one (hold()).
std::unique_ptr<Browser> browse(Repository& repository, const BrowseLimits& limits);

}  // namespace lifeboat::repository
