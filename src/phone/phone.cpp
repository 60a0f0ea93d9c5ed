#include "phone/phone.h"

namespace lifeboat::phone {

std::vector<personal::RestoreOutcome> Phone::restore_personal(const FileTree&,
                                                              const personal::RestoreRequest&,
                                                              EventSink&, const std::stop_token&) {
    throw Unsupported("messages, contacts and the like do not go back onto this phone one by one",
                      "They come back with the whole phone: see 'lifeboat help phone restore'. "
                      "Nothing was changed.");
}

CloudBackupReport Phone::ask_cloud_backup(const std::stop_token&) {
    throw Unsupported("this phone takes no request for a backup in a cloud",
                      "On an iPhone: Settings, your name, iCloud, iCloud Backup, Back Up Now. "
                      "'lifeboat ready' then shows its time.");
}

}  // namespace lifeboat::phone
