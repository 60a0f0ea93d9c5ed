// The three lists beside an iPhone backup: what was backed up, from which phone, and how far it
// got.
#pragma once

#include "base/bytes.h"
#include "base/time.h"

#include <optional>
#include <string>
#include <vector>

namespace lifeboat::content {

// Manifest.plist: written by the phone, never encrypted.
struct ManifestPlist {
    bool encrypted = false;
    std::string version{};
    std::optional<TimePoint> date{};
    std::optional<bool> passcode_was_set{};
    std::string product_version{}, product_type{}, device_name{}, serial_number{}, udid{};
    Bytes keybag{};        // encrypted ones only
    Bytes manifest_key{};  // the same; older ones lack it: their database is not encrypted
};

// Info.plist: written by the computer.
struct InfoPlist {
    std::string product_version{}, product_type{}, device_name{}, serial_number{}, udid{};
    std::optional<TimePoint> last_backup{};
    std::vector<std::string> installed_apps{};
};

// Status.plist: how far the last backup came.
struct StatusPlist {
    std::string uuid{};
    std::string snapshot_state{};  // "finished" and nothing else is a whole backup
    std::string backup_state{};    // "new", "old", "empty"
    std::string version{};
    bool full = false;
    std::optional<TimePoint> date{};

    bool finished() const { return snapshot_state == "finished"; }
};

inline constexpr uint64_t most_plist_bytes = uint64_t{64} << 20;

// All throw Corrupt, with the name of the list.
ManifestPlist read_manifest_plist(ByteView bytes);
InfoPlist read_info_plist(ByteView bytes);
StatusPlist read_status_plist(ByteView bytes);

}  // namespace lifeboat::content
