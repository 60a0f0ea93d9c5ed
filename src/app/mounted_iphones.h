// The iPhone backups among those that are mounted: shown by the phone's own names.
#pragma once

#include "app/recent_trees.h"
#include "app/wiring.h"
#include "content/ios_backup/ios_backup.h"
#include "item/opened_folder.h"
#include "repository/repository.h"

#include <map>
#include <set>

namespace lifeboat::app {

class MountedIphones {
public:
    // Both outlive it, and what it gave.
    MountedIphones(World& world, repository::Repository& repository);
    ~MountedIphones();

    // Looks at backups that it has not seen yet; they are sorted, newest last. The first time the
    // password of the iPhone's backups is asked for, if one of them needs it, and it is tried on
    // the newest backup of each phone: throws content::WrongBackupPassword when it opens none.
    // What cannot be opened is told in a note. One thread at a time.
    void learn(const std::vector<repository::Snapshot>& snapshots, const std::stop_token& stop);

    // Null: it is no backup of an iPhone, or is shown as it is stored.
    std::shared_ptr<const OpenFolder> folder(const repository::Snapshot& snapshot);

private:
    struct Opener;
    struct Known {
        content::IosBackupKind kind{};
        std::shared_ptr<const OpenFolder> folder{};
    };
    using Newest = std::map<std::string, const repository::Snapshot*>;  // by phone

    // The encrypted ones of phones that nobody has judged yet.
    Newest recognise(const std::vector<repository::Snapshot>& snapshots,
                     const std::stop_token& stop);
    void try_password(const Newest& newest, const std::stop_token& stop);
    const SecretText* ask(const std::stop_token& stop);
    void note_closed(const std::string& udid, const std::string& why);

    World& world_;
    repository::Repository& repository_;
    std::shared_ptr<ListingMemory> listings_;
    std::shared_ptr<RecentTrees> recent_;
    const SecretText* password_ = nullptr;
    bool asked_ = false;
    std::set<std::string> seen_{};                // backups, by id
    std::map<std::string, Known> iphones_{};      // by id of the backup
    std::map<std::string, bool> phones_{};        // whether the password opens its backups
    std::map<std::string, std::string> names_{};  // of the phones
};

}  // namespace lifeboat::app
