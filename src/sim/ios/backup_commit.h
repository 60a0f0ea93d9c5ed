// The second half of a backup: what was sent into Snapshot takes the place of what was there, what
// vanished is removed, and the phone looks whether everything arrived. Can go on after an
// interruption at any point.
#pragma once

#include "sim/ios/backup_faults.h"
#include "sim/ios/backup_target.h"
#include "sim/ios/backup_upload.h"
#include "sys/clock.h"

namespace lifeboat::sim::ios {

class BackupCommit {
public:
    struct Tools {
        DeviceLink& link;
        BackupFaults& faults;
        BackupTarget& target;
        BackupUpload& upload;
        sys::Clock& clock;
    };
    // What is to be done, sorted by name. After an interruption the phone does not know it, and
    // looks.
    struct Work {
        std::vector<std::string> moves{};
        std::vector<std::string> removals{};
    };
    // `files` are those of the new manifest, `status` tells the snapshot and where to begin:
    // "uploading" (everything has just been sent), "moving", "removing".
    BackupCommit(Tools tools, const FileIds& files, BackupStatus status, std::optional<Work> work)
        : tools_(tools), files_(files), status_(std::move(status)), work_(std::move(work)) {}

    // Throws BackupFailure; 205 when the computer lacks what it was sent.
    void run();

private:
    void enter(const std::string& state);
    std::vector<std::string> files_to_move();
    void move_files();
    void move_lists();
    void remove_files();
    void check_arrival();

    Tools tools_;
    const FileIds& files_;
    BackupStatus status_;
    std::optional<Work> work_;
};

}  // namespace lifeboat::sim::ios
