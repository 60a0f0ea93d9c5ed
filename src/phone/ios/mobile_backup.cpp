#include "phone/ios/mobile_backup.h"

#include "base/text.h"
#include "phone/ios/waiting.h"

#include <fmt/format.h>

namespace lifeboat::phone::ios {
namespace {

using plist::Dict;

constexpr std::string_view again = "Nothing that was saved is lost. Run the same command again.";

std::string words(std::string_view what, int64_t code, std::string_view description) {
    if (description.empty()) return fmt::format("{} (error {})", what, code);
    return fmt::format("{} (error {}: {})", what, code, printable(description));
}

constexpr int64_t no_room_on_computer = 105;
constexpr std::string_view no_room = "there is not enough space for what the iPhone wants to send";
constexpr std::string_view make_room = "Make room in the place, or use a larger one.";

// The phone names what we told it; a person looks at the disk and sees more.
void explain_room(BackupFolder& folder, std::string_view description) {
    const uint64_t kept = folder.kept_back();
    if (kept == 0) return;
    const uint64_t offered = folder.free_bytes();
    throw NoSpace(fmt::format("{}. Free in the place: {}; of that Lifeboat keeps {} for its own "
                              "lists, so the iPhone was told {}",
                              words(no_room, no_room_on_computer, description),
                              human_bytes(offered + kept), human_bytes(kept), human_bytes(offered)),
                  std::string(make_room));
}

// Throws when the code means that somebody must do something.
void check_hands(int64_t code) {
    switch (code) {
        case 13:
            throw Waiting(Hand::unlock);
        case 22:
            throw Waiting(Hand::managed);
        case 208:
            throw Waiting(Hand::enter_passcode);
        case 211:
            throw Waiting(Hand::find_my_off);
        case 212:
            throw Waiting(Hand::finish_setup);
        default:
            break;
    }
}

Dict options_of(const RestoreWishes& wishes) {
    Dict options{{"RestoreShouldReboot", wishes.reboot},
                 {"RestoreDontCopyBackup", !wishes.copy_backup},
                 {"RestorePreserveSettings", wishes.preserve_settings},
                 {"RestoreSystemFiles", wishes.system_files},
                 {"RemoveItemsNotRestored", wishes.remove_others}};
    if (!wishes.password.empty()) options.set("Password", wishes.password.reveal());
    return options;
}

}  // namespace

void throw_backup_error(int64_t code, std::string_view description) {
    check_hands(code);
    const auto said = [&](std::string_view what) { return words(what, code, description); };
    switch (code) {
        case 103:
        case 104:
            throw Temporary(said("the iPhone could not hand its files over"), std::string(again));
        case no_room_on_computer:
            throw NoSpace(said(no_room), std::string(make_room));
        case 106:
            throw NoSpace(said("there is not enough space on the iPhone"),
                          "Nothing was restored. Make room on the iPhone and try again.");
        case 203:
            throw Unsupported(said("the iOS of the iPhone is too old for this backup"),
                              "Update the iPhone to the iOS of the backup or a newer one first.");
        case 204:
            throw Missing(said("the iPhone sees no backup in what it was offered"));
        case 205:
            throw Corrupt(said("the iPhone misses files in the backup"),
                          "Verify the backup; `lifeboat verify` names what is damaged.");
        case 207:
            throw Denied(said("the password of the iPhone's backups is wrong"),
                         "It is the one set for encrypted backups, not the passcode.");
        case 25:
            throw Temporary(said("the iPhone is being restored from iCloud"),
                            "Wait until that is finished.");
        case 102:
            throw Temporary(said("the iPhone could not write what it restores"),
                            "Restart the iPhone and try again.");
        case 202:
            throw Temporary(said("somebody stopped it on the iPhone"), std::string(again));
        default:
            throw Temporary(said("the iPhone's backup service failed"), std::string(again));
    }
}

MobileBackup::MobileBackup(std::unique_ptr<Connection> connection, std::string udid,
                           Connection::Patience patience)
    : link_(std::move(connection), std::move(patience)), udid_(std::move(udid)) {
    link_.send_process_message(
        {{"MessageName", "Hello"}, {"SupportedProtocolVersions", plist::Array{2.0, 2.1}}});
    const Dict answer = link_.receive_process_message();
    const int64_t error = answer.i64("ErrorCode").value_or(-1);
    const auto version = answer.number("ProtocolVersion");
    if (error != 0 || !version) {
        throw Unsupported(
            fmt::format("the iPhone's backup service speaks none of our versions "
                        "(error {})",
                        error));
    }
    protocol_ = *version;
}

BackupOutcome MobileBackup::run(Dict request, BackupFolder& folder, EventSink& events) {
    // The phone refuses when this is not exactly its own name.
    request.set("TargetIdentifier", udid_);
    link_.send_process_message(request);
    const Dict answer = link_.serve(folder, events);
    // A full disk is told as a full disk, not as what the phone makes of it.
    link_.rethrow_folder_failure();
    const auto code = answer.i64("ErrorCode");
    if (!code) throw Garbled("the iPhone does not say how it ended");
    if (*code != 0) {
        const std::string* description = answer.text("ErrorDescription");
        const std::string_view said = description == nullptr ? std::string_view() : *description;
        if (*code == no_room_on_computer) explain_room(folder, said);
        throw_backup_error(*code, said);
    }
    link_.disconnect();
    const Dict* content = answer.dict("Content");
    return {.content = content == nullptr ? Dict{} : *content};
}

BackupOutcome MobileBackup::backup(BackupKind kind, BackupFolder& folder, EventSink& events) {
    return run({{"MessageName", "Backup"},
                {"Options", Dict{{"ForceFullBackup", kind == BackupKind::full}}}},
               folder, events);
}

BackupOutcome MobileBackup::restore(const RestoreWishes& wishes, BackupFolder& folder,
                                    EventSink& events) {
    return run({{"MessageName", "Restore"},
                {"SourceIdentifier", wishes.source},
                {"Options", options_of(wishes)}},
               folder, events);
}

BackupOutcome MobileBackup::change_password(const SecretText& before, const SecretText& after,
                                            BackupFolder& folder, EventSink& events) {
    if (before.empty() && after.empty()) throw Misuse("neither an old nor a new password is given");
    Dict request{{"MessageName", "ChangePassword"}};
    if (!before.empty()) request.set("OldPassword", before.reveal());
    if (!after.empty()) request.set("NewPassword", after.reveal());
    return run(std::move(request), folder, events);
}

BackupOutcome MobileBackup::enable_cloud_backup(bool enabled, BackupFolder& folder,
                                                EventSink& events) {
    return run({{"MessageName", "EnableCloudBackup"}, {"CloudBackupState", enabled}}, folder,
               events);
}

}  // namespace lifeboat::phone::ios
