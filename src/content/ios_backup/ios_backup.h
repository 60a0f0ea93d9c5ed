// An iPhone backup opened for a person: its domains and real paths as a tree, decrypted on the way.
//
// The raw tree is what the phone wrote: Manifest.plist, Manifest.db and files whose names are
// hashes, in a snapshot or in a folder; below the root or below one folder named after the phone.
#pragma once

#include "base/guarded.h"
#include "content/ios_backup/backup_plists.h"
#include "content/ios_backup/keybag.h"
#include "content/ios_backup/manifest_index.h"
#include "item/item.h"

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace lifeboat::content {

// There is no backup of an iPhone in this tree.
struct NoIosBackup : Missing {
    using Missing::Missing;
};

// The tree: "CameraRollDomain/Media/DCIM/100APPLE/IMG_0001.HEIC". Any thread may call it. It also
// answers to the short names of `short_names()`, and to "Media/...", as the phone shows both media
// domains in one; it lists neither: so a walk meets every file once. Times are those of the phone.
class IosBackup final : public FileTree {
public:
    // `raw` outlives it. Takes seconds for an encrypted backup, and seconds for each million files.
    // An empty password is right for a backup without encryption only. Throws NoIosBackup,
    // WrongBackupPassword, Corrupt, Unsupported (before iOS 10), Cancelled.
    IosBackup(const FileTree& raw, const SecretText& password, const std::stop_token& stop = {});

    std::optional<Item> find(const ItemPath& path) const override;
    void list(const ItemPath& folder, const Each& each) const override;
    // Corrupt at the end of the stream when size or padding are not what the manifest says.
    std::unique_ptr<ByteSource> open(const ItemPath& path) const override;

    const ManifestPlist& manifest() const { return manifest_; }
    // Nothing when the list is not there: an old tool may have left it out.
    const std::optional<InfoPlist>& info() const { return info_; }
    const std::optional<StatusPlist>& status() const { return status_; }
    const ManifestIndex& index() const { return index_; }

    // For who checks: the row of a file, its bytes as stored, and as they were on the phone.
    MbFile row(const ManifestEntry& entry) const;
    std::optional<Item> stored(const ManifestEntry& entry) const;
    std::unique_ptr<ByteSource> open_stored(const ManifestEntry& entry) const;
    std::unique_ptr<ByteSource> decrypt(std::unique_ptr<ByteSource> stored,
                                        const MbFile& row) const;
    // Where the bytes of a file are in the raw tree.
    ItemPath stored_path(const ManifestEntry& entry) const;
    ItemPath stored_path(const ItemPath& path) const;  // throws Missing

    struct ShortName {
        std::string_view name{};
        std::string_view path{};
    };
    static std::vector<ShortName> short_names();

private:
    ItemPath real_path(const ItemPath& path) const;
    std::vector<ItemPath> real_folders(const ItemPath& path) const;
    std::unique_ptr<Database> open_manifest(const std::stop_token& stop) const;

    const FileTree& raw_;
    ItemPath root_;
    ManifestPlist manifest_;
    std::optional<InfoPlist> info_;
    std::optional<StatusPlist> status_;
    std::optional<OpenKeybag> keys_;
    ManifestIndex index_;
    Guarded<std::unique_ptr<Database>> rows_;
};

// Whether this tree has a backup of an iPhone in it, and whether it wants a password.
struct IosBackupKind {
    bool encrypted = false;
    bool finished = false;  // what the phone wrote last
    std::string udid{};
    std::string device_name{}, product_type{}, product_version{};
    std::optional<TimePoint> date{};  // of the backup
    ItemPath root{};                  // the folder that holds Manifest.plist
};
std::optional<IosBackupKind> recognise_ios_backup(const FileTree& raw);

// Throws WrongBackupPassword when the password does not open this encrypted backup; takes seconds.
void require_backup_password(const FileTree& raw, const SecretText& password);

std::unique_ptr<FileTree> open_ios_backup(const FileTree& raw, SecretText password);

}  // namespace lifeboat::content
