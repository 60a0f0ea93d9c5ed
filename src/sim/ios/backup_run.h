// One backup as a phone makes it: it looks how far the last one came, sends what is new into
// Snapshot, and puts it in place.
#pragma once

#include "sim/ios/backup_commit.h"
#include "sim/ios/backup_memory.h"
#include "sim/ios/backup_secrets.h"
#include "sim/ios/manifest_plist.h"

#include <optional>

namespace lifeboat::sim::ios {

class BackupRun {
public:
    BackupRun(Device& device, DeviceLink& link, const PhoneActions& actions);

    // Throws BackupFailure with the code for the computer.
    void run(bool force_full);

private:
    std::optional<CachedSnapshot> own_snapshot() const;
    Bytes keybag_bytes() const { return keybag_ ? keybag_->bytes() : Bytes(); }
    void resume_commit(BackupStatus status);
    void start(bool force_full, const std::optional<BackupStatus>& status);
    std::vector<PhoneEntry> scan();
    bool read_previous(KnownBackup& known);
    ManifestStore open_draft(const CachedSnapshot& snapshot, bool resumes, KnownBackup& known);
    void remove_stale(const BackupPlan& plan, const KnownBackup& known);
    void make_room(uint64_t bytes);
    void open_keys(bool fresh);
    bool read_manifest(const Bytes& list, const std::string& database, KnownBackup& known);
    void send_manifest();
    void commit(const FileIds& files, BackupStatus status, std::optional<BackupCommit::Work> work);
    plist::Date now() const { return plist::Date::from(device_.clock().now()); }

    Device& device_;
    DeviceLink& link_;
    const PhoneActions& actions_;
    BackupFaults faults_;
    BackupTarget target_;
    BackupSecrets secrets_;
    // Of this backup to its end, whatever becomes of the password meanwhile: files under two
    // keybags could be opened by nobody. Nothing: the backup is not encrypted.
    std::optional<BackupKeybag> keybag_;
    std::optional<BackupUpload> upload_;
};

}  // namespace lifeboat::sim::ios
