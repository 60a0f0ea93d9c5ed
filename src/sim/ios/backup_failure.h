// Why a phone refuses or gives up a backup or a restore: codes of its MBErrorDomain.
#pragma once

#include "base/error.h"

#include <cstdint>
#include <string>

namespace lifeboat::sim::ios {

enum class MbCode : int64_t {
    ok = 0,
    failed = 1,
    invalid_data = 11,
    busy = 14,
    encryption_required = 22,  // a company's rule
    cloud_restore = 25,        // a restore from iCloud is under way
    phone_read = 101,
    phone_write = 102,
    computer_read = 103,
    computer_write = 104,
    no_space_on_computer = 105,
    no_space_on_phone = 106,
    version = 203,
    no_backup = 204,
    files_missing = 205,
    wrong_password = 207,
    locked = 208,
    find_my = 211,
    setup_unfinished = 212,
};

// Goes to the computer as the answer to its request, with the text as the description.
struct BackupFailure : Denied {
    BackupFailure(MbCode why, std::string text) : Denied(std::move(text)), code(why) {}
    MbCode code;
};

}  // namespace lifeboat::sim::ios
