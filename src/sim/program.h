// The command line of lifeboat-sim.
#pragma once

#include <string>
#include <vector>

namespace lifeboat::sim {

// Runs until the phone is stopped by SIGINT or SIGTERM, or the command is done. The exit code:
// 0 done, 1 failed, 2 usage.
int run_program(const std::vector<std::string>& words);

}  // namespace lifeboat::sim
