// What a shell with root can do on the simulated phone beyond one without: look into the apps'
// private folders, copy them, and give files to users.
#pragma once

#include "sim/android/shell.h"

#include <optional>

namespace lifeboat::sim {

// `su -c COMMAND`: 127 on a phone without root, as where there is no such program.
int su(Call& call);

// Runs the command when it is one that root does in another way; nothing for all others.
std::optional<int> run_as_root(Call& call);

// The bytes of a file that only root reads; nothing when there is none.
std::optional<Bytes> read_private_file(Device& device, const std::string& path);

}  // namespace lifeboat::sim
