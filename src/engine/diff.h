// What is different between two backups, as a person asks: files of the phone, not records of ours.
#pragma once

#include "engine/engine.h"
#include "repository/tree_diff.h"

namespace lifeboat::engine {

// A backup, and a place that holds it. The two may be in different places.
struct BackupAt {
    const repository::Snapshot& snapshot;
    repository::Repository& repository;
};

// Folders that are the same in both are not read. Where the pieces of a file differ although it has
// the same size (another program cut it), the SHA-256 of both manifests tells whether its bytes do.
repository::TreeDiff difference(const BackupAt& before, const BackupAt& after,
                                const OperationContext& context);

// The same of two opened trees, by the names, sizes and dates that the phone gave: for iPhones,
// whose stored names say nothing to a person. Pieces are not counted.
repository::TreeDiff difference_of_trees(const FileTree& before, const FileTree& after,
                                         const std::stop_token& stop);

}  // namespace lifeboat::engine
