#include "sys/own_process.h"

#include "base/text.h"

#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <ctime>
#include <fstream>
#include <limits>

namespace lifeboat::sys {

namespace {

// Files of /proc have no size; a line of them is short.
std::string first_line(const std::string& path) {
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);
    return line;
}

}  // namespace

OwnProcess own_process() {
    return {.pid = static_cast<uint64_t>(getpid()), .uid = getuid(), .gid = getgid()};
}

bool process_exists(uint64_t pid) {
    if (pid == 0 || pid > static_cast<uint64_t>(std::numeric_limits<pid_t>::max())) return false;
    return kill(static_cast<pid_t>(pid), 0) == 0 || errno != ESRCH;
}

ProcessIdentity own_identity() {
    ProcessIdentity self{.boot = first_line("/proc/sys/kernel/random/boot_id"),
                         .pid = own_process().pid};
    struct stat info {};
    // The link leads to a file whose inode number is the namespace's.
    if (stat("/proc/self/ns/pid", &info) == 0) self.pid_namespace = info.st_ino;
    self.started = process_started(self.pid).value_or(0);
    return self;
}

std::optional<uint64_t> process_started(uint64_t pid) {
    const std::string line = first_line("/proc/" + std::to_string(pid) + "/stat");
    // The second field is the program's name in brackets and may hold anything, brackets too:
    // only what stands behind the last one can be counted. The start is field 22, so the 20th
    // there.
    constexpr size_t fields_behind_name = 20;
    const size_t name_end = line.rfind(") ");
    if (name_end == std::string::npos) return std::nullopt;
    const auto fields = split(std::string_view(line).substr(name_end + 2), ' ');
    if (fields.size() < fields_behind_name) return std::nullopt;
    return parse_u64(fields[fields_behind_name - 1]);
}

std::optional<nanoseconds> process_age(uint64_t pid) {
    const auto started = process_started(pid);
    timespec now{};
    const long ticks = sysconf(_SC_CLK_TCK);
    // Ticks are counted by the clock that goes on while the machine sleeps.
    if (!started || ticks <= 0 || clock_gettime(CLOCK_BOOTTIME, &now) != 0) return std::nullopt;
    const nanoseconds tick = nanoseconds{std::chrono::seconds{1}} / ticks;
    const nanoseconds up = std::chrono::seconds{now.tv_sec} + nanoseconds{now.tv_nsec};
    return up - tick * static_cast<int64_t>(*started);
}

void survive_hangup() {
    struct sigaction current {};
    if (sigaction(SIGHUP, nullptr, &current) != 0 || current.sa_handler != SIG_DFL) return;
    // A handler and not SIG_IGN: programs that are started from here must not inherit it.
    struct sigaction nothing {};
    nothing.sa_handler = [](int) {};
    nothing.sa_flags = SA_RESTART;
    sigaction(SIGHUP, &nothing, nullptr);
}

}  // namespace lifeboat::sys
