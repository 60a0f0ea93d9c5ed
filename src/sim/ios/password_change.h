// The request ChangePassword: a password for backups is set, changed or taken away.
#pragma once

#include "sim/ios/backup_faults.h"

namespace lifeboat::sim::ios {

// As another computer would have done it; empty: none any more. A new password means new keys: the
// next backup is a full one under them, and backups that computers hold keep the old password. None
// is interrupted by it: see BackupRun. While no backup is under way, or from within it.
void set_backup_password(Device& device, const SecretText& password);

// Only NewPassword sets one, only OldPassword takes it away, both change it. Throws BackupFailure:
// 207 when the old one is not right or must not be taken away, 208 without the passcode.
void change_backup_password(Device& device, BackupFaults& faults, const plist::Dict& request);

}  // namespace lifeboat::sim::ios
