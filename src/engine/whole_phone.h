// A whole backup out of a place onto an iPhone.
#pragma once

#include "engine/engine.h"
#include "phone/ios/ios_phone.h"

namespace lifeboat::engine {

struct WholePhoneReport {
    phone::ios::RestorableBackup backup{};
    bool done = false;  // false on a dry run
};

// Whether the backup wants the password of the iPhone's backups. Throws as find_restorable.
bool is_encrypted_iphone(repository::Repository& repository, const repository::Snapshot& snapshot,
                         const std::stop_token& stop);

// Throws what speaks against it, see phone::ios::check_restorable, and what the place throws.
WholePhoneReport restore_whole_phone(repository::Repository& repository,
                                     const repository::Snapshot& snapshot,
                                     phone::ios::IosPhone& phone,
                                     const phone::ios::WholeRestoreWishes& wishes, bool dry_run,
                                     const OperationContext& context);

}  // namespace lifeboat::engine
