// Backups that other programs made, from this computer into the places: an iPhone's folder, an
// Android backup file, a folder of Samsung's or OnePlus's own program.
#pragma once

#include "app/snapshots.h"
#include "engine/app_backup.h"
#include "engine/app_return.h"
#include "engine/import_vendor.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace lifeboat::app {

struct Imported {
    engine::BackupReport backup{};
    std::optional<engine::AppBackupReport> apps{};  // of an Android backup file
    std::optional<engine::VendorImport> vendor{};   // of a maker's folder
    // Whether all of it could be opened.
    bool opened() const;
};

// `path` is absolute: a file or a folder. Throws Missing when it is nothing that is known.
Imported import_any(World& world, repository::Repository& repository, const std::string& path,
                    const SecretText& app_backup_password, const std::stop_token& stop);

// The first line of a file; empty when no file is named. Throws what read_password throws.
SecretText app_backup_password(World& world, const std::string& file, const std::stop_token& stop);

// An Android backup file: one of this computer, or the one that lies in a snapshot.
struct AppBackupFile {
    std::shared_ptr<const FileTree> tree{};
    ItemPath path{};
    std::unique_ptr<ByteSource> open() const { return tree->open(path); }
};
AppBackupFile app_backup_file(const std::string& path);
// Throws Missing when there is none in it.
AppBackupFile app_backup_file(const FoundSnapshot& found, const std::stop_token& stop);

struct TakenOut {
    uint64_t files = 0, bytes = 0;
    std::vector<engine::PathNote> left_out{};
};
// Writes the files of its apps below `folder`, as apps/PACKAGE/DOMAIN/...; what is there is
// replaced. Links and names that lead out of the folder are left out. Throws Corrupt, NoSpace.
TakenOut take_out(const AppBackupFile& file, const SecretText& password, const std::string& folder);

}  // namespace lifeboat::app
