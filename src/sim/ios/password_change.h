// The request ChangePassword: a password for backups is set, changed or taken away.
#pragma once

#include "sim/ios/backup_faults.h"

namespace lifeboat::sim::ios {

// Only NewPassword sets one, only OldPassword takes it away, both change it. Throws BackupFailure:
// 207 when the old one is not right or must not be taken away, 208 without the passcode.
void change_backup_password(Device& device, BackupFaults& faults, const plist::Dict& request);

}  // namespace lifeboat::sim::ios
