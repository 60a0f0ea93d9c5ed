// What a computer wants of a restore.
#pragma once

#include "base/secret.h"
#include "plist/plist.h"

#include <string>

namespace lifeboat::sim::ios {

struct RestoreOptions {
    std::string source{};  // the folder of the backup
    SecretText password{};
    bool reboot = true;
    bool copy_first = true;         // the computer keeps a copy of the backup
    bool preserve_settings = true;  // settings that the phone has stay
    bool system_files = false;      // also those of the system
    bool remove_others = false;     // domains that are not in the backup go
};

// Throws BackupFailure when the source is no name of a folder.
RestoreOptions parse_restore_options(const plist::Dict& request);

}  // namespace lifeboat::sim::ios
