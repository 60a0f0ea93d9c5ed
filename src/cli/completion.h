// Completion scripts for shells, made from the command table.
#pragma once

#include <string>
#include <string_view>

namespace lifeboat::cli {

// `shell` is bash, zsh or fish. Names of places, phones, backups and settings are asked from
// `lifeboat complete-words` when the person presses Tab.
std::string completion_script(std::string_view shell);

}  // namespace lifeboat::cli
