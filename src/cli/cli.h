// The command line: arguments in, text or JSON lines out, an exit code.
#pragma once

namespace lifeboat::cli {

int run(int argc, char** argv);

}  // namespace lifeboat::cli
