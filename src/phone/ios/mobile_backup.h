// mobilebackup2: asks an iPhone to back up, to restore, or to change the password of its backups.
#pragma once

#include "base/secret.h"
#include "phone/ios/device_link.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace lifeboat::phone::ios {

inline constexpr std::string_view mobile_backup_service = "com.apple.mobilebackup2";

enum class BackupKind {
    whatever_is_new,  // the phone decides what it must send
    full,             // everything, under new keys
};

struct RestoreWishes {
    std::string source{};  // the folder of the backup: a UDID, of this phone or of another
    bool reboot = true;
    bool copy_backup = false;  // the phone would ask for a second copy of everything first
    bool preserve_settings = false;
    bool system_files = true;
    bool remove_others = false;  // destructive: what is not in the backup goes
    SecretText password{};       // of an encrypted backup
};

// What the phone says when it is done and all is well.
struct BackupOutcome {
    plist::Dict content{};  // of its last message; mostly empty
};

// Throws what an error number of the phone's backup service means: NoSpace, Denied (wrong
// password), Waiting (passcode, Find My, setup), Corrupt, Unsupported, Missing or Temporary.
[[noreturn]] void throw_backup_error(int64_t code, std::string_view description);

// One request to a conversation. One thread.
class MobileBackup {
public:
    // Greets the phone. Throws Unsupported when it speaks no protocol that we know.
    MobileBackup(std::unique_ptr<Connection> connection, std::string udid,
                 Connection::Patience patience);

    double protocol() const { return protocol_; }

    // All throw what throw_backup_error does; a failure of the folder comes first.
    BackupOutcome backup(BackupKind kind, BackupFolder& folder, EventSink& events);
    BackupOutcome restore(const RestoreWishes& wishes, BackupFolder& folder, EventSink& events);
    // Only new: encryption is switched on. Only old: off. Both: changed.
    BackupOutcome change_password(const SecretText& before, const SecretText& after,
                                  BackupFolder& folder, EventSink& events);
    BackupOutcome enable_cloud_backup(bool enabled, BackupFolder& folder, EventSink& events);

private:
    BackupOutcome run(plist::Dict request, BackupFolder& folder, EventSink& events);

    DeviceLink link_;
    std::string udid_;
    double protocol_ = 0;
};

}  // namespace lifeboat::phone::ios
