// What a Manifest.db says about a file, read back by the phone that wrote it: the counterpart of
// mb_file_archive().
#pragma once

#include "sim/ios/backup_keybag.h"

namespace lifeboat::sim::ios {

// Throws Corrupt when it is no list of NSKeyedArchiver with one MBFile in it.
BackupFileFacts read_mb_file_archive(ByteView archive);

}  // namespace lifeboat::sim::ios
