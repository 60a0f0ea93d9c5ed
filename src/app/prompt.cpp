#include "app/prompt.h"

#include "base/error.h"

namespace lifeboat::app {

SecretText NobodyToAsk::secret(const std::string&, const std::stop_token&) {
    throw Misuse("A password is needed and there is nobody to ask",
                 "Name a file with --password-file FILE or a program with --password-command "
                 "\"PROGRAM ARGUMENTS\".");
}

bool NobodyToAsk::confirm(const std::string& question, const std::stop_token&) {
    throw Misuse("This needs a yes and there is nobody to ask: " + question,
                 "Pass --yes if you are sure.");
}

void NobodyToAsk::show(const std::string&) {
    throw Misuse("There is no terminal to show this on", "Run it in a terminal.");
}

}  // namespace lifeboat::app
