#include "app/run_lock.h"

#include "app/files.h"
#include "base/error.h"
#include "base/text.h"
#include "repository/repository.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace lifeboat::app {
namespace {

constexpr const char* phase = "wait";
// A look costs next to nothing, and nobody notices half a second.
constexpr nanoseconds pause = std::chrono::milliseconds{500};

std::string holder_in(const std::string& path) {
    const std::string holder = read_file_if_there(path, 4096).value_or("");
    return fmt::format("Another run is at work{}{}", trim(holder).empty() ? "" : ": ",
                       printable(trim(holder)));
}

uint64_t seconds_of(nanoseconds time) {
    return static_cast<uint64_t>(std::chrono::floor<std::chrono::seconds>(time).count());
}

}  // namespace

RunLockWait run_lock_wait(World& world) {
    return {.state_folder = world.paths().state,
            .clock = world.clock(),
            .events = world.events(),
            .patience = std::chrono::seconds{world.settings().lock_wait}};
}

RunLock::RunLock(const RunLockWait& how, const std::string& about, const std::stop_token& stop) {
    make_private_folder(how.state_folder);
    const std::string path = how.state_folder + "/run.lock";
    fd_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd_ < 0) {
        throw Denied(fmt::format("Cannot write {}: {}", printable(path), std::strerror(errno)));
    }
    try {
        if (!try_once()) wait(how, path, stop);
    } catch (...) {
        ::close(fd_);  // no destructor runs for what was not made
        throw;
    }
    const std::string holder = fmt::format("lifeboat {}, process {}\n", about, ::getpid());
    // The text is a courtesy for the second run: the lock holds without it.
    if (::ftruncate(fd_, 0) == 0) {
        [[maybe_unused]] const ssize_t written = ::pwrite(fd_, holder.data(), holder.size(), 0);
    }
}

bool RunLock::try_once() const {
    return ::flock(fd_, LOCK_EX | LOCK_NB) == 0;
}

void RunLock::wait(const RunLockWait& how, const std::string& path, const std::stop_token& stop) {
    const nanoseconds start = how.clock.monotonic();
    nanoseconds waited{};
    if (how.patience > waited) {
        how.events.on(Noted{Severity::warning, "Waiting. " + holder_in(path)});
        how.events.on(PhaseStarted{phase, ""});
    }
    while (waited < how.patience) {
        // Items are the seconds of the patience there is, as when a place is in use.
        how.events.on(Progress{.phase = phase,
                               .place = "",
                               .items_done = seconds_of(waited),
                               .items_total = seconds_of(how.patience)});
        if (!how.clock.sleep(std::min(pause, how.patience - waited), stop)) throw Cancelled{};
        if (try_once()) {
            how.events.on(PhaseEnded{phase, ""});
            return;
        }
        waited = how.clock.monotonic() - start;
    }
    throw repository::Locked(
        holder_in(path),
        "Nothing was changed. Wait until it ends, then run the same command again.");
}

RunLock::~RunLock() {
    ::close(fd_);
}

}  // namespace lifeboat::app
