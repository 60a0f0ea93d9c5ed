#include "sys/private_file.h"

#include "base/error.h"

#include <fcntl.h>
#include <unistd.h>

#include <cassert>
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace lifeboat::sys {
namespace {

std::string temporary_folder() {
    const char* named = std::getenv("TMPDIR");
    // Not /tmp: that is memory on many machines, and these files are large.
    return named != nullptr && *named != '\0' ? named : "/var/tmp";
}

}  // namespace

PrivateFile::PrivateFile() : path_(temporary_folder() + "/lifeboat-XXXXXX") {
    file_ = ::mkostemp(path_.data(), O_CLOEXEC);  // mode 0600, by its definition
    if (file_ >= 0) return;
    const std::string why =
        "cannot make a temporary file in " + temporary_folder() + ": " + std::strerror(errno);
    if (errno == ENOSPC || errno == EDQUOT) throw NoSpace(why);
    throw Denied(why, "TMPDIR names the folder for temporary files.");
}

PrivateFile::~PrivateFile() {
    if (!hidden_) ::unlink(path_.c_str());
    ::close(file_);
}

void PrivateFile::hide() {
    if (::unlink(path_.c_str()) != 0) {
        throw Denied(std::string("cannot hide a temporary file: ") + std::strerror(errno));
    }
    hidden_ = true;
}

void PrivateFile::resize(uint64_t size) {
    if (::ftruncate(file_, static_cast<off_t>(size)) != 0) {
        throw NoSpace(std::string("cannot make a temporary file so large: ") +
                      std::strerror(errno));
    }
}

void PrivateFile::append(ByteView bytes) {
    assert(hidden_);
    while (!bytes.empty()) {
        const ssize_t written = ::write(file_, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) {
            throw NoSpace(std::string("cannot write a temporary file: ") + std::strerror(errno),
                          "TMPDIR names the folder for temporary files.");
        }
        bytes = bytes.subspan(static_cast<size_t>(written));
    }
}

}  // namespace lifeboat::sys
