// A program that runs beside this one and ends with its owner.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace lifeboat::sys {

// Going away ends it: SIGTERM, a second of patience, then SIGKILL. One thread uses it.
class ChildProcess {
public:
    // `environment` is set on top of this process's own. What the program prints goes nowhere.
    // Throws Missing when there is no such program.
    ChildProcess(std::vector<std::string> arguments,
                 const std::vector<std::pair<std::string, std::string>>& environment);
    ~ChildProcess();
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;

    pid_t pid() const { return pid_; }
    // Its exit code (128 + n when signal n ended it), once it has ended.
    std::optional<int> ended();

private:
    pid_t pid_ = -1;
    std::optional<int> exit_code_{};
};

}  // namespace lifeboat::sys
