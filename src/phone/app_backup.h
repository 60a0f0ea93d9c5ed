// What a phone's apps give a computer of their own accord, once somebody has tapped on the phone:
// Android's `adb backup`. An iPhone has no such thing.
#pragma once

#include "item/item.h"

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace lifeboat::phone {

struct AppBackup {
    std::vector<std::string> asked{};       // packages
    std::unique_ptr<ByteSource> archive{};  // an .ab file; no byte at all when nobody allowed it
};

class AppBackupPhone {
public:
    virtual ~AppBackupPhone() = default;
    // Asks for the data of these apps; of all, and of the messages, when none is named. The first
    // read of the archive waits for the person. Reads throw Gone when the phone goes away. Throws
    // Misuse for a name that is none.
    virtual AppBackup app_backup(const std::vector<std::string>& apps,
                                 const std::stop_token& stop) = 0;
};

}  // namespace lifeboat::phone
