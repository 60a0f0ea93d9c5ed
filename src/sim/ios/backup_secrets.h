// The backup password as the phone keeps it: the keybag and the key that the password makes, in a
// file of its own that nobody else may read. The password itself is kept nowhere.
#pragma once

#include "base/secret.h"
#include "sim/ios/backup_keybag.h"

#include <optional>
#include <string>

namespace lifeboat::sim::ios {

// One thread at a time.
class BackupSecrets {
public:
    // `folder` is the backup service's own.
    explicit BackupSecrets(const std::string& folder) : path_(folder + "/secrets.plist") {}

    bool has_password() const;
    // Nothing when there is no password. Throws Corrupt when the file is damaged.
    std::optional<BackupKeybag> keybag() const;
    // Takes as long as the making of the key does.
    bool is_password(const SecretText& password) const;

    void set_password(const SecretText& password, const KeybagCost& cost);
    void remove_password();
    // Fresh keys under the same password: every file of the next backup looks different.
    void renew();

private:
    struct Kept {
        Bytes keybag{};
        SecretBytes key{};
    };
    std::optional<Kept> read() const;
    void write(const Kept& kept) const;

    std::string path_;
};

}  // namespace lifeboat::sim::ios
