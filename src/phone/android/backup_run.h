// What `bmgr backupnow` says it did, read for what it is: Android calls a package a success that
// stored nothing, and the run a success in which packages were rejected.
#pragma once

#include "phone/android/parsed.h"
#include "phone/cloud_backup.h"

#include <string_view>

namespace lifeboat::phone::android {

// Unknown when the phone did not even begin, or its answer breaks off before the end.
Parsed<CloudBackupReport> parse_backup_run(std::string_view output);

}  // namespace lifeboat::phone::android
