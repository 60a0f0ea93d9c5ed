// What is different between two backups, reading only the folders that changed: a folder that is
// the same in both has the same id.
#pragma once

#include "repository/repository.h"

namespace lifeboat::repository {

enum class ChangeKind {
    added,
    removed,
    changed,  // other content, other target of a link, another kind of thing
    touched,  // the same content with another date or mode
    moved,    // a file whose content was removed under another path
};

struct TreeChange {
    ChangeKind kind = ChangeKind::added;
    ItemPath path{};
    ItemPath moved_from{};
    ItemKind item = ItemKind::file;
    uint64_t size_before = 0, size_after = 0;
};

struct TreeDiff {
    std::vector<TreeChange> changes{};  // sorted by path
    uint64_t folders_read = 0;          // of both sides
    uint64_t folders_same = 0;          // passed over, with everything below them
    // Pieces that only one side's changed folders hold: what the newer backup needs more, and what
    // it needs no longer. In bytes before compression.
    uint64_t bytes_added = 0, bytes_removed = 0;
    uint64_t pieces_added = 0, pieces_removed = 0;
};

// One side of it. The two may lie in different places of the same repository.
struct DiffSide {
    Repository& repository;
    const Snapshot& snapshot;
};

// Names that are no path part are passed over, as FileTree::list does. Throws Corrupt when a folder
// that must be looked into cannot be read.
TreeDiff diff_trees(const DiffSide& before, const DiffSide& after, const std::stop_token& stop);

}  // namespace lifeboat::repository
