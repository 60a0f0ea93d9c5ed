// The folder of a place on this machine before a backend opens it: made with care.
#pragma once

#include <string>

namespace lifeboat::storage {

struct MountTables {
    std::string known = "/etc/fstab";           // what may be mounted where
    std::string mounted = "/proc/self/mounts";  // what is
};

// Makes the folder of a new place: its last part only, so that a path on a disk that is not there
// fails; a folder that exists is fine. Throws Unreachable when its parent is not there, or when the
// path lies on a disk that the system knows and that is not mounted now: else the backup would fill
// the wrong disk and be hidden by the right one later.
void make_local_place(const std::string& path, const MountTables& tables = {});

}  // namespace lifeboat::storage
