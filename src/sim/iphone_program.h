// The command "lifeboat-sim iphone".
#pragma once

#include <span>
#include <string>

namespace lifeboat::sim {

// Runs until SIGINT or SIGTERM; the exit code. Throws Misuse.
int run_iphone(std::span<const std::string> words);

}  // namespace lifeboat::sim
