#include "app/run_lock.h"

#include "app/files.h"
#include "base/error.h"
#include "base/text.h"
#include "repository/repository.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace lifeboat::app {
namespace {

[[noreturn]] void held(const std::string& path) {
    const std::string holder = read_file_if_there(path, 4096).value_or("");
    const std::string_view name = trim(holder);
    throw repository::Locked(
        fmt::format("Another run is at work{}{}", name.empty() ? "" : ": ", printable(name)),
        "Nothing was changed. Wait until it ends, then run the same command again.");
}

}  // namespace

RunLock::RunLock(const std::string& state_folder, const std::string& about) {
    make_private_folder(state_folder);
    const std::string path = state_folder + "/run.lock";
    fd_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd_ < 0) {
        throw Denied(fmt::format("Cannot write {}: {}", printable(path), std::strerror(errno)));
    }
    if (::flock(fd_, LOCK_EX | LOCK_NB) != 0) {
        ::close(fd_);
        held(path);
    }
    const std::string holder = fmt::format("lifeboat {}, process {}\n", about, ::getpid());
    // The text is a courtesy for the second run: the lock holds without it.
    if (::ftruncate(fd_, 0) == 0) {
        [[maybe_unused]] const ssize_t written = ::pwrite(fd_, holder.data(), holder.size(), 0);
    }
}

RunLock::~RunLock() {
    ::close(fd_);
}

}  // namespace lifeboat::app
