// Copying backups into another repository, or out of one: a place by its name, or any folder that
// holds a repository with a password of its own.
#pragma once

#include "app/wiring.h"
#include "repository/copy.h"

#include <string>
#include <vector>

namespace lifeboat::app {

struct CopyEnd {
    std::string place{};          // a name from the configuration, or an absolute folder
    std::string password_file{};  // of a folder; empty: the person is asked
};

struct SnapshotCopyRequest {
    CopyEnd from{}, to{};
    std::vector<std::string> snapshots{};  // "latest" or first digits; empty: all finished ones
    bool dry_run = false;
};

// Throws Misuse, Missing, NoRepository, WrongPassword, ...
repository::CopyReport copy_snapshots(World& world, const SnapshotCopyRequest& request,
                                      Prompt& prompt, const std::stop_token& stop);

}  // namespace lifeboat::app
