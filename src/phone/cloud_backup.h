// What came of asking a phone to store its apps' data in its maker's cloud. Nobody can read that
// back: a package was asked, and never counts as saved.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace lifeboat::phone {

enum class BackupResult {
    asked,           // the phone says it took part; what was stored nobody sees
    stored_nothing,  // there was nothing to store
    rejected,        // the cloud refused it
    over_quota,      // it keeps more than the cloud takes of one app
    not_allowed,     // the app forbids it
    not_found,       // no such app
    failed,          // anything else: `told` has the phone's words
};

struct PackageBackup {
    std::string package{};
    BackupResult result = BackupResult::failed;
    std::string told{};  // "Success", "Size quota exceeded"
};

struct CloudBackupReport {
    std::vector<PackageBackup> packages{};
    std::string finished{};  // the phone's own last word on the run: "Success"
    uint64_t count(BackupResult result) const;
};

}  // namespace lifeboat::phone
