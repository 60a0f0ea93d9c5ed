// Backups shown as a read-only file system, by FUSE 3.
//
// What is shown comes as a Catalogue of OpenFolders: this module does not know where they come
// from.
#pragma once

#include "base/event.h"
#include "mount/catalogue.h"
#include "sys/clock.h"

#include <memory>

namespace lifeboat::mount {

struct MountOptions {
    std::string folder{};  // an existing one
    std::string name{};    // shown by df and mount
    // New backups appear after so long at the latest. Looking costs one listing of the place.
    nanoseconds refresh = std::chrono::seconds{5};
    // Requests that are worked on at once: more than cores, because a place may be slow to answer.
    unsigned threads = 6;
};

class Mount {
public:
    // Mounts what `cataloguer` gives. Throws Unsupported (no FUSE here), Denied, Missing, Misuse.
    Mount(const MountOptions& options, Cataloguer cataloguer, EventSink& events,
          const std::stop_token& stop);
    // Unmounts.
    ~Mount();
    Mount(const Mount&) = delete;
    Mount& operator=(const Mount&) = delete;

    // Until `stop` is requested or somebody unmounts it from outside. Looks for new backups
    // meanwhile; a failure of that is said and tried again.
    void serve(sys::Clock& clock, const std::stop_token& stop);

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace lifeboat::mount
