// Where the password of the places comes from: a file, a program, or the person. Never an argument,
// never a plain variable.
#pragma once

#include "app/prompt.h"
#include "app/settings.h"
#include "base/secret.h"
#include "sys/process.h"

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace lifeboat::app {

enum class PasswordUse {
    open_existing,  // asked once
    make_new,       // asked twice, must match
};

// Throws Misuse (no source, empty, the two do not match), Missing, Denied, Cancelled.
SecretText read_password(const Settings& settings, PasswordUse use, Prompt& prompt,
                         sys::Process& process, const std::stop_token& stop);

// The same for the password that an iPhone's backups have. Nothing when there is no source and
// nobody to ask, or the person answers with an empty line: not known.
std::optional<SecretText> read_phone_password(const Settings& settings, Prompt& prompt,
                                              sys::Process& process, const std::stop_token& stop);

// Words of a command line: blanks part, single and double quotes hold together, a backslash takes
// the next character as it is. No shell: nothing is expanded. Throws Misuse on an open quote.
std::vector<std::string> command_words(const std::string& text);

}  // namespace lifeboat::app
