// Help in its three shapes, all made from the command table: terminal text, manual pages,
// docs/cli.md.
#pragma once

#include "cli/command_table.h"

#include <string>
#include <string_view>

namespace lifeboat::cli {

// All commands, for `lifeboat help`.
std::string help_overview();
// One group ("place") or one command ("place add").
std::string help_about(std::string_view name);

// roff, for man(1). An empty name is the page of the program itself.
std::string man_page(std::string_view name);
// "lifeboat-place-add" or "lifeboat".
std::string man_name(std::string_view name);

// The whole of docs/cli.md.
std::string markdown_reference();

}  // namespace lifeboat::cli
