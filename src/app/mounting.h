// The backups of a place as a file system: joins repository and mount.
#pragma once

#include "app/opened_snapshot.h"

#include <functional>

namespace lifeboat::app {

struct MountedPlace {
    std::string place{};
    std::string folder{};
    uint64_t backups = 0;
};

// Shows the backups of the first of `places` that opened in `folder`, until `stop` is requested or
// somebody unmounts it. `mounted` is called once it is there. Others may add backups meanwhile;
// deleting waits, because of the shared lock that is held for as long (unless the place is
// read-only: a warning says so). An iPhone's backups appear by the phone's names, decrypted on the
// way, with the password of its backups; without it, or when they are to be shown as they are
// stored, in that form. The data of Android phones' apps appears below "apps". Throws as
// mount::Mount, Locked, content::WrongBackupPassword.
MountedPlace mount_places(World& world, OpenedPlaces& places, const std::string& folder,
                          const Showing& showing,
                          const std::function<void(const MountedPlace&)>& mounted,
                          const std::stop_token& stop);

// Before the password is asked for: nobody should type it for nothing. Throws as mount::Mount.
void require_mounting();

// Where to mount when nobody said: a folder of this user that the system empties by itself.
std::string usual_mount_folder(const Environment& environment, const Paths& paths);

// A folder that is there; made for the purpose it is taken away again in the end.
class MountFolder {
public:
    explicit MountFolder(std::string path);
    ~MountFolder();
    MountFolder(const MountFolder&) = delete;
    MountFolder& operator=(const MountFolder&) = delete;
    const std::string& path() const { return path_; }

private:
    std::string path_;
    bool made_ = false;
};

// "2026-11-25T10.12.00", in the zone of this machine: sorts by time, and fits every file system.
std::string date_name(TimePoint time);

}  // namespace lifeboat::app
