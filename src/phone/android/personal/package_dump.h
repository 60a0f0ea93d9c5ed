// What the package manager says of installed apps, as values: lines of `pm list packages` and `pm
// path`, and `dumpsys package NAME`.
#pragma once

#include "personal/app.h"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace lifeboat::phone::android {

struct ListedPackage {
    std::string package{};
    std::string base_path{};
    uint64_t version_code = 0;
    std::string installer{};  // empty: nobody
    uint32_t uid = 0;
};

// The lines of `pm list packages -f -i -U --show-versioncode`; lines of another form are left out.
std::vector<ListedPackage> parse_package_list(std::string_view text);

// The files of `pm path NAME`, the base first; only whole paths with names that programs have.
std::vector<std::string> parse_package_paths(std::string_view text);

// Fills in what `dumpsys package NAME` tells of app.package: versions, installer, signatures,
// dates, and the permissions that the phone's first user granted. False when it tells nothing of
// it. A package's own texts may stand in it: nothing is taken from outside its block.
bool read_package_dump(std::string_view text, personal::App& app);
// Every runtime permission of the first user, and whether it is granted.
std::map<std::string, bool> parse_runtime_permissions(std::string_view text,
                                                      std::string_view package);

// What the package is and allows: "HAS_CODE", "ALLOW_BACKUP", "DEBUGGABLE" ...; nothing when the
// phone does not say.
std::optional<std::set<std::string>> parse_package_flags(std::string_view text,
                                                         std::string_view package);

// Sessions that a computer began for one package and nobody ended, of `dumpsys package installs`:
// number -> package.
std::map<uint64_t, std::string> parse_open_sessions(std::string_view text);

}  // namespace lifeboat::phone::android
