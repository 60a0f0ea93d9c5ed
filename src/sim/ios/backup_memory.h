// What the phone itself keeps of a backup under way, so that it can go on after an interruption:
// which snapshot it was, and the rows of what was sent.
#pragma once

#include "sim/ios/device.h"

#include <optional>
#include <string>

namespace lifeboat::sim::ios {

struct CachedSnapshot {
    std::string uuid{};
    bool full = true;
    Bytes keybag{};  // whose keys its files were sent under; empty: not encrypted
    bool operator==(const CachedSnapshot&) const = default;
};

std::optional<CachedSnapshot> cached_snapshot(const Device& device);
void cache_snapshot(Device& device, const CachedSnapshot& snapshot);
// The next backup starts anew.
void forget_snapshot(Device& device);

// A folder of the phone for its backup service; made when it is missing, closed to others.
std::string backup_folder(const Device& device);
// The rows of the snapshot under way.
std::string draft_path(const Device& device);

// "6A1E2A3C-0000-4000-8000-000000000001"
std::string random_uuid();

}  // namespace lifeboat::sim::ios
