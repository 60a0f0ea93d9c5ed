// What entries of the command table have in common.
#pragma once

#include "cli/command_table.h"

#include <initializer_list>
#include <vector>

namespace lifeboat::cli {

// Exits of everything that opens the places; and `more`.
const std::vector<app::Exit>& place_exits();
std::vector<app::Exit> place_exits_and(std::initializer_list<app::Exit> more);
Argument phone_argument();
Argument snapshot_argument();
Flag place_flag();
Flag as_stored_flag();
Flag app_backup_password_flag();
std::vector<Flag> new_password_flags();

// Forgetting, holding and tidying up.
Command place_prune_command();
std::vector<Command> forget_commands();

// The rest, in the order and the files a person looks for them.
std::vector<Command> daily_commands();
std::vector<Command> phone_commands();
std::vector<Command> update_commands();
std::vector<Command> place_commands();
std::vector<Command> snapshot_commands();
std::vector<Command> browse_commands();
std::vector<Command> look_commands();
std::vector<Command> key_commands();
std::vector<Command> config_commands();
std::vector<Command> other_commands();

}  // namespace lifeboat::cli
