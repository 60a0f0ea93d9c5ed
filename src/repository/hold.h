// Holds: backups that must stay, whatever rules are applied and whichever program applies them.
//
// A hold is the sealed file "holds/<id of the backup>" beside the snapshots. restic passes folders
// over that it does not know, so the backup's own file and its id stay as they are. The document
// contains that file's bytes: when another program removes it, the data stays (prune() looks at
// holds) and bring_back() writes the very same file again.
#pragma once

#include "repository/repository.h"

namespace lifeboat::repository {

struct Hold {
    Snapshot snapshot{};  // as it was when it was held; only its id when `problem` says why
    TimePoint since{};
    std::string note{};  // why, in the person's words
    std::string hostname{};
    std::string username{};
    Bytes file{};           // of the snapshot, sealed
    std::string problem{};  // why the document cannot be read; it holds nevertheless
};

inline constexpr size_t hold_note_limit = 1000;  // bytes

// By id. Documents that are damaged are in it, with their problem.
std::vector<Hold> list_holds(Repository& repository, const std::stop_token& stop);

// Holding what is held already replaces the note. Throws Missing when there is no such backup,
// Misuse for a note that is too long or no text.
void hold_snapshot(Repository& repository, const SnapshotId& id, const std::string& note,
                   const std::stop_token& stop);
// Throws Missing when it is not held.
void release_snapshot(Repository& repository, const SnapshotId& id, const std::stop_token& stop);

// Writes the backup's file again from its hold. False when it is there anyway. Throws Missing when
// it is not held, Corrupt when the hold is damaged.
bool bring_back(Repository& repository, const SnapshotId& id, const std::stop_token& stop);

// Makes `to`, a further place of the same repository, hold what `from` holds, as far as it has
// those backups. Returns how many were new.
size_t copy_holds(Repository& from, Repository& to, const std::stop_token& stop);

}  // namespace lifeboat::repository
