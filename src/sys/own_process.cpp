#include "sys/own_process.h"

#include <sys/types.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <limits>

namespace lifeboat::sys {

OwnProcess own_process() {
    return {.pid = static_cast<uint64_t>(getpid()), .uid = getuid(), .gid = getgid()};
}

bool process_exists(uint64_t pid) {
    if (pid == 0 || pid > static_cast<uint64_t>(std::numeric_limits<pid_t>::max())) return false;
    return kill(static_cast<pid_t>(pid), 0) == 0 || errno != ESRCH;
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
