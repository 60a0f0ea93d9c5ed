// What a backup has to send: the phone's files against what the computer has already. Pure
// functions.
#pragma once

#include "sim/ios/manifest_store.h"
#include "sim/ios/phone_scan.h"

#include <string>
#include <vector>

namespace lifeboat::sim::ios {

// What is known of the computer's folder.
struct KnownBackup {
    ManifestRows previous{};  // of the finished backup; empty: there is none, everything is sent
    ManifestRows draft{};     // of the interrupted one that goes on
    FileIds in_backup{};      // listed beside the finished manifest
    FileIds in_snapshot{};    // listed below Snapshot
};

struct BackupPlan {
    std::vector<size_t> send{};          // entries of the scan, in its order
    std::vector<ManifestRow> rows{};     // of all that is not sent: folders, links, unchanged files
    std::vector<std::string> waiting{};  // sent before the interruption, still below Snapshot
    uint64_t bytes = 0;                  // to be sent, before databases shrink
};

// A file is unchanged when its date (in seconds) is the one in the manifest, and the computer lists
// it.
BackupPlan plan_backup(const std::vector<PhoneEntry>& entries, const KnownBackup& known);

// Whether the listing lacks files that the manifest has: the backup is damaged then.
bool lacks_files(const FileIds& manifest, const FileIds& listed);

// What is listed and in no manifest any more. Sorted.
std::vector<std::string> vanished_files(const FileIds& manifest, const FileIds& listed);

}  // namespace lifeboat::sim::ios
