// A whole backup put back onto an iPhone, by the phone itself: what must be so before, and what
// the computer does around it.
#pragma once

#include "base/event.h"
#include "base/secret.h"
#include "item/item.h"
#include "phone/ios/backup_session.h"
#include "phone/ios/device.h"

#include <string>

namespace lifeboat::phone::ios {

struct WholeRestoreWishes {
    SecretText password{};           // of an encrypted backup
    bool preserve_settings = false;  // of the phone as it is now: its wallpaper, its home screen
    bool remove_others = false;      // destructive: what is not in the backup goes
};

// A finished backup in a tree, and what its lists say about it.
struct RestorableBackup {
    std::string folder{};  // named after the phone it is of
    std::string product_version{};
    bool encrypted = false;
    uint64_t bytes = 0;  // of all its files: the phone needs as much
    plist::Dict applications{};
};

// Throws Missing when there is none, Misuse when there are several, Corrupt when it was never
// finished or its lists cannot be read.
RestorableBackup find_restorable(const FileTree& tree);

// Throws what speaks against it, before anything is sent: Waiting{find_my_off}, Unsupported (the
// phone's iOS is older than the backup's), NoSpace, Misuse (no password for an encrypted backup).
// What the phone does not tell is left to the phone, which refuses by itself.
void check_restorable(Device& device, const RestorableBackup& backup,
                      const WholeRestoreWishes& wishes);

struct RestoreTools {
    Device& device;
    BackupSession& session;
    EventSink& events;
};

// Checks, tells the phone which apps to fetch, and lets it restore itself; it restarts at the end.
// Nothing is on the phone when a check or the phone refuses. Throws as check_restorable and
// MobileBackup::restore do.
void restore_whole_phone(const RestoreTools& tools, const FileTree& tree,
                         const WholeRestoreWishes& wishes);

}  // namespace lifeboat::phone::ios
