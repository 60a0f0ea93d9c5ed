// The folder of a place on this machine before a backend opens it: made with care, and locked.
#pragma once

#include "storage/file_descriptor.h"

#include <optional>
#include <string>
#include <utility>

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

// A lock that the kernel holds for this process and drops when it dies, however it dies: tells a
// run that lives from one that was killed. Only between programs of one machine.
class FolderLock {
public:
    enum class Mode { shared, exclusive };

    // Nothing when another holds it in the way. Throws Unreachable when there is no such folder,
    // Unsupported where the file system has no such locks (some network shares).
    static std::optional<FolderLock> try_take(const std::string& folder, Mode mode);

private:
    explicit FolderLock(FileDescriptor folder) : folder_(std::move(folder)) {}

    FileDescriptor folder_;
};

}  // namespace lifeboat::storage
