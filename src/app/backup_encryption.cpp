#include "app/backup_encryption.h"

#include "base/error.h"

namespace lifeboat::app {
namespace {

bool must_tell(const std::optional<bool>& encrypts) {
    if (encrypts) return *encrypts;
    throw Temporary("the iPhone does not tell whether its backups are encrypted",
                    "Unlock it and run the same command again.");
}

void check(EncryptionWish wish, bool is_on) {
    if (wish == EncryptionWish::on && is_on) {
        throw Misuse("The backups of this iPhone are encrypted already",
                     "Another password: lifeboat phone encryption change");
    }
    if (wish != EncryptionWish::on && !is_on) {
        throw Misuse("The backups of this iPhone are not encrypted",
                     "Switch it on: lifeboat phone encryption on");
    }
}

SecretText old_password(World& world, const std::stop_token& stop) {
    if (const SecretText* known = world.phone_password(stop)) return known->duplicate();
    throw Misuse("The present password of the iPhone's backups is needed",
                 "Name a file with --phone-password-file FILE or a program with "
                 "--phone-password-command \"PROGRAM ARGUMENTS\".");
}

SecretText asked_twice(Prompt& prompt, const std::stop_token& stop) {
    if (!prompt.can_ask()) {
        throw Misuse("A new password is needed and there is nobody to ask",
                     "Name a file with --new-password-file FILE or a program with "
                     "--new-password-command \"PROGRAM ARGUMENTS\".");
    }
    SecretText first = prompt.secret("New password for the iPhone's backups", stop);
    if (first.empty()) throw Misuse("An empty password protects nothing");
    const SecretText again = prompt.secret("The same password again", stop);
    if (first.reveal() != again.reveal()) throw Misuse("The two passwords differ");
    return first;
}

SecretText new_password(World& world, const NewPasswordSource& source,
                        const std::stop_token& stop) {
    if (source.file.empty() && source.command.empty()) return asked_twice(world.prompt(), stop);
    Settings settings = world.settings();
    settings.password_file = source.file;
    settings.password_command = source.command;
    return read_password(settings, PasswordUse::make_new, world.prompt(), world.process(), stop);
}

}  // namespace

EncryptionResult set_backup_encryption(World& world, const std::string& udid, EncryptionWish wish,
                                       const NewPasswordSource& source, bool dry_run,
                                       const std::stop_token& stop) {
    const auto phone = world.iphones().connect_iphone(udid, stop);
    EncryptionResult result{.was_on = must_tell(phone->encrypts_backups(stop))};
    check(wish, result.was_on);
    if (dry_run) return result;
    SecretText before;
    SecretText after;
    if (wish != EncryptionWish::on) before = old_password(world, stop);
    if (wish != EncryptionWish::off) {
        after = new_password(world, source, stop);
        result.strength = repository::password_strength(after.reveal());
    }
    phone->change_backup_password(before, after, world.events(), stop);
    return result;
}

}  // namespace lifeboat::app
