// One install on the phone, in the four steps of the package manager: begun, all parts written,
// then committed or given up.
#pragma once

#include "item/item.h"
#include "personal/app.h"
#include "phone/android/shell.h"

#include <stop_token>
#include <string>
#include <vector>

namespace lifeboat::phone::android {

// What the package manager answered instead of "Success": for a person.
struct InstallRefused : Denied {
    using Denied::Denied;
};

struct InstallOptions {
    bool allow_old_target = false;  // Android 14+: apps made for Android 5 and older
    // Android 14+: the installer alone may update it, unless the person agrees to another.
    bool owns_updates = false;
};

// Installs the app with all its parts. Returns their SHA-256 (hex), as app.files. Throws
// InstallRefused after the session was given up, Temporary when the connection breaks (what was
// begun is left on the phone: end_open_sessions), Corrupt and Missing when the snapshot's bytes
// cannot be read.
std::vector<std::string> install_app(Shell& shell, const FileTree& snapshot,
                                     const personal::App& app, const InstallOptions& options,
                                     const std::stop_token& stop);

// Gives up what a computer began for these packages and nobody ended, as after a pulled cable.
void end_open_sessions(Shell& shell, const std::vector<personal::App>& apps,
                       const std::stop_token& stop);

}  // namespace lifeboat::phone::android
