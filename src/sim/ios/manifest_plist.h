// Manifest.plist: what a backup says of itself in clear, with the keybag of an encrypted one.
#pragma once

#include "base/bytes.h"
#include "plist/plist.h"
#include "sim/ios/device.h"

#include <optional>
#include <string>

namespace lifeboat::sim::ios {

struct BackupKeys {
    Bytes keybag{};
    Bytes manifest_key{};  // 44 bytes: class and wrapped key of Manifest.db
    bool operator==(const BackupKeys&) const = default;
};

// Without keys: a backup that is not encrypted.
Bytes write_manifest_plist(const Device& device, const std::optional<BackupKeys>& keys,
                           plist::Date date);

struct ReadManifestPlist {
    std::optional<BackupKeys> keys{};
    std::string version{};
};
// Throws Corrupt when it is no such list.
ReadManifestPlist read_manifest_plist(ByteView bytes);

}  // namespace lifeboat::sim::ios
