// The data of Android phones' apps in the backups that are mounted: shown below "apps", beside the
// files that the phone gave one by one.
#pragma once

#include "app/wiring.h"
#include "base/secret.h"
#include "item/opened_folder.h"
#include "repository/repository.h"

namespace lifeboat::app {

class MountedApps {
public:
    // Both outlive it, and what it gave. `password` is empty when it is not known.
    MountedApps(World& world, repository::Repository& repository, const SecretText& password,
                std::stop_token stop);

    // The root of this backup, with "apps" in it where there is any; `stored` is the root without.
    // Nothing is read before somebody looks. What does not open is told in a note.
    std::shared_ptr<const OpenFolder> folder(const repository::Snapshot& snapshot,
                                             std::shared_ptr<const OpenFolder> stored);

    struct Shared;

private:
    std::shared_ptr<Shared> shared_;
    std::shared_ptr<ListingMemory> listings_;
};

}  // namespace lifeboat::app
