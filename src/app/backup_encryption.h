// The password of an iPhone's own backups, as a person switches it on, off, or changes it.
#pragma once

#include "app/keys.h"
#include "app/wiring.h"

#include <optional>
#include <string>

namespace lifeboat::app {

enum class EncryptionWish { on, off, change };

struct EncryptionResult {
    bool was_on = false;
    std::optional<repository::PasswordStrength> strength{};  // of a new password
};

// The old password is World::phone_password(); the new one comes from `source`, or is asked twice.
// Throws Misuse when the iPhone is so already or no password is given, Denied when the old one is
// wrong, NotReady, Temporary. On a dry run nothing is asked or changed.
EncryptionResult set_backup_encryption(World& world, const std::string& udid, EncryptionWish wish,
                                       const NewPasswordSource& source, bool dry_run,
                                       const std::stop_token& stop);

}  // namespace lifeboat::app
