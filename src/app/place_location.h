// Where a folder really is: links resolved, and which disk or server holds it, so that two places
// on one disk are not taken for two.
#pragma once

#include <string>

namespace lifeboat::app {

struct PlaceLocation {
    std::string path{};    // links resolved
    std::string device{};  // "disk sda", "server nas.local"; empty when the system does not tell
};

PlaceLocation locate(const std::string& path);

// The device part, from the text of /proc/self/mountinfo: the mount that holds `path`.
// Gives its source ("/dev/sda1", "nas:/export") or, for what has none, "".
std::string mount_source(const std::string& mountinfo, const std::string& path);

}  // namespace lifeboat::app
