// A backup opened as a person knows it: an iPhone's with the password of its backups.
#pragma once

#include "app/snapshots.h"
#include "engine/opened_tree.h"

namespace lifeboat::app {

// The password of an iPhone's backups, when this backup is one and needs it: from its source, or
// asked for once. Null: it needs none, or nobody knows it.
const SecretText* phone_password_for(World& world, const FoundSnapshot& found,
                                     const std::stop_token& stop);

// Nothing when the backup is not of an iPhone.
std::optional<content::IosBackupKind> iphone_backup_kind(const FoundSnapshot& found,
                                                         const std::stop_token& stop);

// A backup folder of another program, into the repository; its password is asked for when it is
// encrypted. As engine::import_iphone.
engine::BackupReport import_folder(World& world, repository::Repository& repository,
                                   const std::string& folder, const std::stop_token& stop);

// How a backup is shown.
struct Showing {
    bool as_stored = false;     // an iPhone's backup, or the data of apps, in its own form
    SecretText app_password{};  // of the data of an Android phone's apps; empty: not known
    // Who looks into many backups reads the data of apps that several of them have only once.
    std::shared_ptr<engine::KnownApps> known_apps{};
};

// What cannot be opened is shown as it is stored, with a note. Throws content::WrongBackupPassword.
engine::OpenedTree open_snapshot(World& world, const FoundSnapshot& found, const Showing& showing,
                                 const std::stop_token& stop);

// As engine::difference; of two iPhone backups in the phone's names.
repository::TreeDiff difference(World& world, const FoundSnapshot& from, const FoundSnapshot& to,
                                const std::stop_token& stop);

}  // namespace lifeboat::app
