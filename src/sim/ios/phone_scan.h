// What is on the phone, as its backup service sees it: every file, folder and link that belongs
// into a backup.
#pragma once

#include "item/item.h"
#include "sim/ios/backup_keybag.h"

#include <cstdint>
#include <string>
#include <vector>

namespace lifeboat::sim::ios {

struct PhoneEntry {
    std::string domain{};
    std::string relative{};   // empty: the domain's own folder
    std::string id{};         // its name in a backup, 40 digits
    std::string host_path{};  // where it lies on this machine
    ItemKind kind = ItemKind::file;
    BackupFileFacts facts{};  // of a database with a journal: the later of the two dates
    bool is_database = false;
};

// `files` is the folder that holds a folder for each domain. Sorted by domain and path. Sockets and
// the like are left out, and so are the journals of databases: databases are sent as whole copies.
// Throws Missing when the folder cannot be read.
std::vector<PhoneEntry> scan_phone(const std::string& files, bool encrypted);

}  // namespace lifeboat::sim::ios
