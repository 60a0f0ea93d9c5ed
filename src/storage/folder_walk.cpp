#include "storage/folder_walk.h"

#include "base/error.h"
#include "base/text.h"
#include "storage/name.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <utility>
#include <vector>

namespace lifeboat::storage {
namespace {

constexpr int folder_flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
constexpr std::ptrdiff_t deepest = 8;

struct CloseFolder {
    void operator()(DIR* folder) const { ::closedir(folder); }
};
using FolderEntries = std::unique_ptr<DIR, CloseFolder>;

// A new folder must survive a power cut before a file in it claims to.
int make_folder(int parent, const std::string& name) {
    if (::mkdirat(parent, name.c_str(), 0700) != 0) return errno == EEXIST ? 0 : errno;
    const bool synced = ::fsync(parent) == 0 || errno == EINVAL || errno == ENOTSUP;
    return synced ? 0 : errno;
}

OpenedFolder open_part(int parent, const std::string& name) {
    OpenedFolder opened{.folder = FileDescriptor(::openat(parent, name.c_str(), folder_flags))};
    if (!opened.folder.is_open()) opened.error_number = errno;
    return opened;
}

// The files of one folder, and in `folders` the names of the folders in it.
class Reader {
public:
    Reader(int root, const EachFile& each, const std::stop_token& stop)
        : root_(root), each_(each), stop_(stop) {}

    int read(const std::string& folder, std::vector<std::string>& folders) const {
        OpenedFolder opened = open_folder(root_, folder, WhenAbsent::stay_absent);
        if (opened.error_number != 0) return or_vanished(opened.error_number);
        const int number = opened.folder.get();
        const FolderEntries entries(::fdopendir(number));
        if (!entries) return errno;
        opened.folder.release();  // closed with the entries
        for (;;) {
            if (stop_.stop_requested()) throw Cancelled();
            errno = 0;
            const dirent* entry = ::readdir(entries.get());
            if (entry == nullptr) return errno;
            const int error = take(number, folder, entry->d_name, folders);
            if (error != 0) return error;
        }
    }

private:
    static int or_vanished(int error) { return error == ENOENT ? 0 : error; }

    int take(int number, const std::string& folder, const std::string& name,
             std::vector<std::string>& folders) const {
        if (name == "." || name == "..") return 0;
        struct stat info {};
        if (::fstatat(number, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) {
            return or_vanished(errno);
        }
        if (S_ISDIR(info.st_mode)) folders.push_back(folder + name + "/");
        if (S_ISREG(info.st_mode)) {
            each_({.name = folder + name,
                   .size = static_cast<uint64_t>(info.st_size),
                   .modified_s = info.st_mtim.tv_sec});
        }
        return 0;
    }

    int root_;
    const EachFile& each_;
    const std::stop_token& stop_;
};

}  // namespace

OpenedFolder open_folder(int root, const std::string& folder, WhenAbsent when_absent) {
    OpenedFolder at = open_part(root, ".");
    for (const std::string_view part : split(folder, '/')) {
        if (part.empty() || at.error_number != 0) break;  // behind the last slash
        const std::string name(part);
        OpenedFolder next = open_part(at.folder.get(), name);
        if (next.error_number == ENOENT && when_absent == WhenAbsent::create) {
            const int error = make_folder(at.folder.get(), name);
            if (error != 0) return {.folder = {}, .error_number = error};
            next = open_part(at.folder.get(), name);
        }
        at = std::move(next);
    }
    return at;
}

FileDescriptor open_beneath(int root, const std::string& name, int flags) {
    const open_how how{.flags = static_cast<uint64_t>(flags),
                       .mode = 0,
                       .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS};
    const long file = ::syscall(SYS_openat2, root, name.c_str(), &how, sizeof how);
    if (file >= 0) return FileDescriptor(static_cast<int>(file));
    // Before Linux 5.6, and in containers that do not know it.
    if (errno != ENOSYS && errno != EPERM) return FileDescriptor();
    const SplitName split = split_name(name);
    const OpenedFolder folder = open_folder(root, split.folder, WhenAbsent::stay_absent);
    if (folder.error_number == 0) {
        return FileDescriptor(::openat(folder.folder.get(), split.last.c_str(), flags));
    }
    errno = folder.error_number;
    return FileDescriptor();
}

int walk_files(int root, const std::string& folder, const EachFile& each,
               const std::stop_token& stop) {
    const Reader reader(root, each, stop);
    std::vector<std::string> pending{folder};
    while (!pending.empty()) {
        const std::string now = std::move(pending.back());
        pending.pop_back();
        std::vector<std::string> folders;
        const int error = reader.read(now, folders);
        if (error != 0) return error;
        if (std::count(now.begin(), now.end(), '/') < deepest) {
            std::move(folders.begin(), folders.end(), std::back_inserter(pending));
        }
    }
    return 0;
}

}  // namespace lifeboat::storage
