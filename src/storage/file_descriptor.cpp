#include "storage/file_descriptor.h"

#include "base/error.h"
#include "storage/backend.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace lifeboat::storage {

FileDescriptor::~FileDescriptor() {
    close();
}

int FileDescriptor::close() {
    const int number = std::exchange(number_, -1);
    if (number < 0 || ::close(number) == 0) return 0;
    return errno;
}

bool means_unreachable(int error_number) {
    switch (error_number) {
        case ENODEV:
        case ENXIO:
        case ESTALE:
        case ENOTCONN:
        case ESHUTDOWN:
        case EHOSTDOWN:
        case EHOSTUNREACH:
        case ENETDOWN:
        case ENETUNREACH:
        case ETIMEDOUT:
        case ENOMEDIUM:
            return true;
        default:
            return false;
    }
}

void throw_system_error(int error_number, const std::string& doing) {
    char space[128] = "";
    const std::string text =
        fmt::format("{}: {}", doing, strerror_r(error_number, space, sizeof space));
    if (means_unreachable(error_number)) {
        throw Unreachable(text,
                          "Connect the disk or the server and try again. Backups that were "
                          "finished before are not touched.");
    }
    switch (error_number) {
        case ENOSPC:
        case EDQUOT:
            throw NoSpace(text,
                          "The place is full. Earlier backups are unharmed. Free some space "
                          "there, or forget old backups and prune, then run it again.");
        case EACCES:
        case EPERM:
            throw Denied(text, "Check who owns the folder and whether this user may write there.");
        case EROFS:
            throw Denied(text,
                         "The disk can only be read. Mount it for writing (a disk that was "
                         "unplugged without ejecting may need a check first).");
        case ENOENT:
        case ENOTDIR:
            throw Missing(text);
        case EFBIG:
        case ENAMETOOLONG:
        case EOPNOTSUPP:
        case ENOSYS:
            throw Unsupported(text, "The file system of this place cannot do it; use another one.");
        case ELOOP:
            throw Denied(text,
                         "A link stands where a file or folder of the repository should be; "
                         "links are not followed there.");
        default:
            throw Temporary(text);
    }
}

}  // namespace lifeboat::storage
