// What the kernel asks of a mounted file system, answered from a catalogue of backups.
#pragma once

#include "base/error.h"
#include "base/event.h"
#include "mount/fuse_api.h"
#include "mount/handles.h"
#include "mount/inodes.h"

#include <functional>
#include <set>
#include <stop_token>
#include <string>

namespace lifeboat::mount {

// Any thread.
class FileSystem {
public:
    FileSystem(EventSink& events, std::stop_token stop);

    void show(const Catalogue& catalogue) { inodes_.show(catalogue); }
    // For fuse_session_new(); `this` is the user data.
    static const fuse_lowlevel_ops& operations();

    void lookup(fuse_req_t request, Number parent, const char* name);
    void forget(Number number, uint64_t times) { inodes_.forget(number, times); }
    void attributes(fuse_req_t request, Number number);
    void read_link(fuse_req_t request, Number number);
    void open(fuse_req_t request, Number number, fuse_file_info& info);
    void read(fuse_req_t request, Number number, size_t size, off_t offset, uint64_t handle);
    void release(fuse_req_t request, uint64_t handle);
    void open_folder(fuse_req_t request, Number number, fuse_file_info& info);
    void list(fuse_req_t request, Number number, size_t size, off_t offset, uint64_t handle);
    void list_plus(fuse_req_t request, Number number, size_t size, off_t offset, uint64_t handle);
    void release_folder(fuse_req_t request, uint64_t handle);
    static void about_file_system(fuse_req_t request);

private:
    // Runs one answer; what is thrown becomes the error number that the asker sees.
    void answer(fuse_req_t request, Number number, const std::function<void()>& give);
    // Says once what is wrong with what stands there.
    void complain(Number number, const Error& problem);
    struct stat attributes_of(const Found& found) const;
    fuse_entry_param entry_of(const Found& found) const;

    EventSink& events_;
    std::stop_token stop_;
    Inodes inodes_;
    Handles<OpenFile> files_;
    Handles<Opened> folders_;
    Guarded<std::set<std::string>> complaints_;
    uid_t uid_;
    gid_t gid_;
};

}  // namespace lifeboat::mount
