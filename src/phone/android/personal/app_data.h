// The private folders of one app, through root.
#pragma once

#include "phone/android/personal/installed_apps.h"
#include "phone/android/personal/root_access.h"

#include <map>
#include <string>

namespace lifeboat::phone::android {

// Path on the phone, as sha256sum writes it -> SHA-256 in hex.
using FileSums = std::map<std::string, std::string>;

// Every file in the app's folders but its caches; none of them while an unpacking that was cut off
// has left its mark there, as all of it is to be unpacked again. Throws Denied when the phone does
// not sum one of them, and what a connection throws.
FileSums sum_app_data(RootAccess& root, const std::string& package, const std::stop_token& stop);

std::string text_of(const FileSums& sums);
// Throws Corrupt.
FileSums sums_of(std::string_view text);

// The command that writes the tar of an app's folders without its caches to its standard output.
std::string tar_command(const std::string& package);

// Unpacks a tar of tar_command into the app's folders, gives it to the app's user of now (as the
// package manager knows it: the tar gives the folder itself to the old one), and labels it. Throws
// Denied in the phone's words.
void unpack_app_data(RootAccess& root, const InstalledApp& app, ByteSource& tar,
                     const std::stop_token& stop);

}  // namespace lifeboat::phone::android
