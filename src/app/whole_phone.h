// A whole backup onto an iPhone, with the password its backups have.
#pragma once

#include "app/snapshots.h"

namespace lifeboat::app {

struct WholePhoneWishes {
    bool keep_settings = false;
    bool remove_others = false;
    bool dry_run = false;
};

struct WholePhoneResult {
    std::string backup_of{};  // the UDID of the phone that made it
    std::string ios_version{};
    bool encrypted = false;
    uint64_t bytes = 0;
};

// Asks for the password only when the backup is encrypted. Throws as engine::restore_whole_phone.
WholePhoneResult restore_whole_phone(World& world, const std::string& udid,
                                     const FoundSnapshot& found, const WholePhoneWishes& wishes,
                                     const std::stop_token& stop);

}  // namespace lifeboat::app
