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
    static constexpr size_t most_notes = 1000;

    uint64_t files = 0, bytes = 0;
    std::vector<engine::PathNote> left_out{};  // the first ones
    uint64_t left_out_count = 0;
};
// Writes the files and folders of its apps below `folder`, as apps/PACKAGE/DOMAIN/...; a file that
// is there is replaced. Left out are links, names that are of no app or lead out of the folder, and
// what something of another kind stands in the way of. Throws Corrupt, NoSpace.
TakenOut take_out(const AppBackupFile& file, const SecretText& password, const std::string& folder);

}  // namespace lifeboat::app
