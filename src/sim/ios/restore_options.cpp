#include "sim/ios/restore_options.h"

#include "sim/ios/backup_failure.h"

namespace lifeboat::sim::ios {

RestoreOptions parse_restore_options(const plist::Dict& request) {
    RestoreOptions options;
    const auto* source = request.text("SourceIdentifier");
    if (source == nullptr) source = request.text("TargetIdentifier");
    const bool is_name = source != nullptr && !source->empty() && source->size() < 256 &&
                         source->find('/') == std::string::npos && *source != "." &&
                         *source != "..";
    if (!is_name) throw BackupFailure(MbCode::failed, "SourceIdentifier is no backup's name");
    options.source = *source;
    const plist::Dict* given = request.dict("Options");
    if (given == nullptr) return options;
    if (const auto* password = given->text("Password")) options.password = SecretText(*password);
    const auto read = [&](std::string_view key, bool before) {
        return given->boolean(key).value_or(before);
    };
    options.reboot = read("RestoreShouldReboot", options.reboot);
    options.copy_first = !read("RestoreDontCopyBackup", !options.copy_first);
    options.preserve_settings = read("RestorePreserveSettings", options.preserve_settings);
    options.system_files = read("RestoreSystemFiles", options.system_files);
    options.remove_others = read("RemoveItemsNotRestored", options.remove_others);
    return options;
}

}  // namespace lifeboat::sim::ios
