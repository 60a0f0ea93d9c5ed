// One FUSE session: made, mounted, served by several threads, unmounted.
#pragma once

#include "base/guarded.h"

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

struct fuse_lowlevel_ops;
struct fuse_session;

namespace lifeboat::mount {

// Throws Unsupported when this machine has no FUSE, Denied when this user may not use it.
// `device` is /dev/fuse except in tests.
void require_fuse(const std::string& device);

// Throws Missing or Misuse when nothing can be mounted on that folder.
void require_mount_point(const std::string& folder);

class Session {
public:
    // Calls `operations` with `user` as their user data, which outlives it. Mounts at once; throws
    // Denied with what the system says.
    Session(const fuse_lowlevel_ops& operations, void* user, const std::string& folder,
            const std::string& name);
    // Unmounts, also while files below are open: their holders get an error then.
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    // Answers the kernel until `stop` is requested or somebody unmounts.
    void serve(unsigned threads, const std::stop_token& stop);

private:
    struct Ending {
        void operator()(fuse_session* session) const;
    };
    void work(int wake, const std::stop_token& stop);

    std::unique_ptr<fuse_session, Ending> session_;
};

}  // namespace lifeboat::mount
