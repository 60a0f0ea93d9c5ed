// Which files of a backup hold a certain piece: the other way round from reading them.
#pragma once

#include "repository/repository.h"

#include <functional>

namespace lifeboat::repository {

// Calls `each` for every file of the backup that holds this piece, parents before children. A file
// of one piece is found by the SHA-256 of its content: that is what such a piece is named by.
// Throws Corrupt.
void find_content(Repository& repository, const Snapshot& snapshot, const BlobId& piece,
                  const FileTree::Each& each, const std::stop_token& stop);

// The pieces of a file of this backup, in their order. Throws Missing, Corrupt.
std::vector<BlobId> content_of(Repository& repository, const Snapshot& snapshot,
                               const ItemPath& path, const std::stop_token& stop);

}  // namespace lifeboat::repository
