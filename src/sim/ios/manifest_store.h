// The rows of a Manifest.db: the phone writes the one of the backup under way, and reads those that
// it wrote before.
#pragma once

#include "sim/ios/backup_keybag.h"

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>

struct sqlite3;

namespace lifeboat::sim::ios {

namespace manifest_flag {
inline constexpr int file = 1;
inline constexpr int folder = 2;
inline constexpr int link = 4;
}  // namespace manifest_flag

struct ManifestRow {
    std::string id{};
    std::string domain{};
    int flags = manifest_flag::file;
    BackupFileFacts facts{};
};

// By the name of the file in the backup.
using ManifestRows = std::unordered_map<std::string, ManifestRow>;
using FileIds = std::unordered_set<std::string>;
// Of the rows that have bytes.
FileIds file_ids(const ManifestRows& rows);

// A database in a file; one thread. Changes are in the file when a call returns, for who kills this
// process; not for who pulls the plug of the machine.
class ManifestStore {
public:
    // An empty one, instead of what is there.
    static ManifestStore create(const std::string& path);
    // Throws Corrupt when it is none.
    static ManifestStore open(const std::string& path);

    // Throws Corrupt when a row is not what phones write.
    ManifestRows rows() const;
    // Of the rows that have bytes.
    FileIds file_ids() const;
    void put(const ManifestRow& row);
    void erase(const std::string& id);
    // What `work` changes comes at once, also when it ends with a throw: many rows take no longer
    // than one.
    void together(const std::function<void()>& work);

private:
    ManifestStore(const std::string& path, int flags);
    void run(const char* sql);

    std::unique_ptr<sqlite3, int (*)(sqlite3*)> database_;
};

}  // namespace lifeboat::sim::ios
