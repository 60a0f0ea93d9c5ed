// What entries of the command table have in common.
#pragma once

#include "cli/command_table.h"

#include <initializer_list>
#include <vector>

namespace lifeboat::cli {

// Exits of everything that opens the places, and `more`.
std::vector<app::Exit> place_exits_and(std::initializer_list<app::Exit> more);
Argument snapshot_argument();
Flag place_flag();

// Forgetting, holding and tidying up.
Command place_prune_command();
std::vector<Command> forget_commands();

}  // namespace lifeboat::cli
