// Another program, run to its end: no shell in between, its output taken with a limit.
#pragma once

#include "base/bytes.h"

#include <chrono>
#include <cstddef>
#include <stop_token>
#include <string>
#include <vector>

namespace lifeboat::sys {

enum class Stdin {
    nothing,  // the program reads an empty input
    inherit,  // the person's terminal: for a program that asks something itself
};

struct Command {
    std::vector<std::string> argv{};  // argv[0] is looked up in PATH
    Stdin input = Stdin::nothing;
    std::chrono::milliseconds time_limit{30'000};
    size_t output_limit = size_t{1} << 20;  // bytes of output, and of errors
};

struct Finished {
    int exit_code = 0;  // 128 + n when signal n ended it
    Bytes output{};
    Bytes errors{};
};

class Process {
public:
    virtual ~Process() = default;
    // Throws Missing when there is no such program, Temporary when it takes or says too much
    // (it is ended), Cancelled on `stop`. A program that fails is no throw: look at exit_code.
    virtual Finished run(const Command& command, const std::stop_token& stop) = 0;
};

// May be called from any thread.
class SystemProcess final : public Process {
public:
    Finished run(const Command& command, const std::stop_token& stop) override;
};

}  // namespace lifeboat::sys
