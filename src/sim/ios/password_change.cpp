#include "sim/ios/password_change.h"

#include "sim/ios/backup_conditions.h"
#include "sim/ios/backup_failure.h"
#include "sim/ios/backup_memory.h"
#include "sim/ios/backup_secrets.h"

namespace lifeboat::sim::ios {

namespace {

SecretText password_at(const plist::Dict& request, std::string_view key) {
    const std::string* text = request.text(key);
    return text == nullptr ? SecretText() : SecretText(*text);
}

[[noreturn]] void refuse(const char* why) {
    throw BackupFailure(MbCode::wrong_password, why);
}

}  // namespace

void set_backup_password(Device& device, const SecretText& password) {
    BackupSecrets secrets(backup_folder(device));
    if (password.empty()) {
        secrets.remove_password();
    } else {
        secrets.set_password(password, device.state().keybag_cost);
    }
    device.change([&](DeviceState& s) { s.will_encrypt = !password.empty(); });
}

void change_backup_password(Device& device, BackupFaults& faults, const plist::Dict& request) {
    const SecretText before = password_at(request, "OldPassword");
    const SecretText after = password_at(request, "NewPassword");
    const BackupSecrets secrets(backup_folder(device));
    const DeviceState state = device.state();
    if (before.empty() && after.empty()) refuse("neither an old nor a new password is given");
    if (after.empty() && state.requires_encryption) {
        refuse("the phone's management wants encrypted backups");
    }
    ask_passcode(device, faults);
    if (state.will_encrypt != !before.empty()) {
        refuse(state.will_encrypt ? "backups have a password already" : "backups have no password");
    }
    if (state.will_encrypt && !secrets.is_password(before)) refuse("the old password is wrong");
    set_backup_password(device, after);
}

}  // namespace lifeboat::sim::ios
