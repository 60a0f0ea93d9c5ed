// Questions on the person's terminal, whatever standard input and output are.
#pragma once

#include "app/prompt.h"

#include <memory>
#include <string>

namespace lifeboat::cli {

// `assume_yes` is --yes. Null when the process has no terminal to ask on.
std::unique_ptr<app::Prompt> make_terminal_prompt(bool assume_yes);

}  // namespace lifeboat::cli
