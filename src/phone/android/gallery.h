// Makes files that were written known to the phone's own photo apps.
#pragma once

#include "phone/android/storage_scan.h"

#include <set>
#include <string>

namespace lifeboat::phone::android {

// Folders on the phone that files were written into, by the volume they lie in.
struct WrittenFolders {
    Volume volume{};
    std::set<std::string> folders{};
};

// Throws what a connection throws; may be repeated.
void show_in_gallery(const PhoneLink& link, const std::vector<WrittenFolders>& written,
                     EventSink& events, const std::stop_token& stop);

}  // namespace lifeboat::phone::android
