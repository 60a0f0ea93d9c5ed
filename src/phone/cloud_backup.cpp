#include "phone/cloud_backup.h"

#include <algorithm>

namespace lifeboat::phone {

uint64_t CloudBackupReport::count(BackupResult result) const {
    return static_cast<uint64_t>(
        std::count_if(packages.begin(), packages.end(),
                      [&](const PackageBackup& one) { return one.result == result; }));
}

}  // namespace lifeboat::phone
