// Puts new index files in the place of those that name packs which are to go.
#pragma once

#include "repository/index_writer.h"

#include <unordered_set>

namespace lifeboat::repository {

// Which index files must be replaced, found by reading them once.
class IndexSwap {
public:
    using Gone = std::function<bool(const PackId&)>;

    // `files` are all index files; `gone` tells packs that no index may name any more.
    IndexSwap(Store& store, const std::vector<IndexId>& files, Gone gone,
              const std::stop_token& stop);

    // Writes what stays of the replaced files into new ones. Nothing is deleted.
    void write(IndexWriter& to, const std::stop_token& stop) const;
    // To be deleted once all that was written is durable.
    const std::vector<IndexId>& replaced() const { return replaced_; }

private:
    using Packs = std::unordered_set<PackId, IdHash>;

    Store& store_;
    Gone gone_;
    Packs kept_in_place_{};  // named by files that stay
    std::vector<IndexId> replaced_{};
};

}  // namespace lifeboat::repository
