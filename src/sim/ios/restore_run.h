// One restore as a phone makes it: it looks whether the backup fits, takes every file, and only
// then changes itself.
#pragma once

#include "sim/ios/backup_faults.h"
#include "sim/ios/backup_target.h"
#include "sim/ios/manifest_plist.h"
#include "sim/ios/restore_options.h"

#include <optional>

namespace lifeboat::sim::ios {

class RestoreRun {
public:
    RestoreRun(Device& device, DeviceLink& link, const PhoneActions& actions,
               RestoreOptions options);

    // Throws BackupFailure with the code for the computer: nothing of the phone has changed then.
    void run();

private:
    void check_backup();
    void open_keys();
    ManifestRows read_manifest();
    void check_room(const std::vector<ManifestRow>& rows) const;
    void fetch(const std::vector<ManifestRow>& rows);
    void fetch_batch(const std::vector<const ManifestRow*>& batch);
    void take(const ManifestRow& row, ByteSource& content) const;
    void install_apps();

    Device& device_;
    DeviceLink& link_;
    const PhoneActions& actions_;
    RestoreOptions options_;
    BackupFaults faults_;
    BackupTarget source_;
    std::string arrived_;  // the folder of what has come
    std::optional<BackupKeys> keys_;
    std::optional<BackupKeybag> keybag_;
};

}  // namespace lifeboat::sim::ios
