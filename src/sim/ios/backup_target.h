// The folder of this phone's backup on the computer: its names, its lists, what is in it.
#pragma once

#include "sim/ios/backup_plan.h"
#include "sim/ios/device_link.h"

#include <optional>
#include <string>

namespace lifeboat::sim::ios {

// Status.plist: how far the backup came.
struct BackupStatus {
    std::string uuid{};
    std::string state{};  // SnapshotState: uploading, moving, removing, finished
    double version = 0;
    bool full = true;
    bool operator==(const BackupStatus&) const = default;
};
// Nothing when it is no such list.
std::optional<BackupStatus> parse_backup_status(ByteView bytes);
Bytes write_backup_status(const BackupStatus& status, plist::Date date);

inline constexpr double backup_version = 3.3;

// One connection; one thread.
class BackupTarget {
public:
    // `name` is the folder: the UDID, or that of another backup to restore from.
    BackupTarget(DeviceLink& link, std::string name) : link_(link), name_(std::move(name)) {}

    // "Status.plist" -> "<UDID>/Status.plist"
    std::string path(const std::string& name) const { return name_ + "/" + name; }
    std::string file_path(const std::string& id) const;      // <UDID>/xx/<id>
    std::string snapshot_path(const std::string& id) const;  // <UDID>/Snapshot/xx/<id>

    // Nothing when it is not there. Throws BackupFailure when it is unreasonably long.
    std::optional<Bytes> read(const std::string& name);
    // Into a file of this machine; false when it is not there.
    bool read_into(const std::string& name, const std::string& host_path);

    // Everything in the folders of two digits, here or below Snapshot.
    FileIds list_files();
    FileIds list_snapshot();
    // What lies beside the folders below Snapshot.
    std::vector<std::string> snapshot_names();
    // The folders of a backup and of a snapshot, as far as they are not there.
    void make_folders();

private:
    FileIds list_below(const std::string& folder);

    DeviceLink& link_;
    std::string name_;
};

// "00" to "ff"
const std::vector<std::string>& file_folders();

}  // namespace lifeboat::sim::ios
