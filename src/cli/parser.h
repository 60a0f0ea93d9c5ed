// The command line taken apart by the table: which command, with which values.
#pragma once

#include "cli/command_table.h"

#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace lifeboat::cli {

// What the person asked for. Flags by name without dashes ("dry-run"), arguments by name ("PHONE").
struct Invocation {
    const Command* command = nullptr;
    std::map<std::string, std::vector<std::string>, std::less<>> flags{};
    std::map<std::string, std::vector<std::string>, std::less<>> arguments{};

    bool has(std::string_view flag) const { return flags.find(flag) != flags.end(); }
    size_t count(std::string_view flag) const;
    // Empty when it was not given.
    std::string value(std::string_view flag) const;
    std::vector<std::string> values(std::string_view flag) const;
    std::string argument(std::string_view name) const;
    std::vector<std::string> argument_list(std::string_view name) const;
};

// "--help" anywhere, or no command: `about` is a command, a group word, or empty.
struct HelpWanted {
    std::string about{};
};

struct UsageProblem {
    std::string message{};
    std::string hint{};
    std::string about{};  // the command it is about; may be empty
    bool json = false;    // --json was among the words
};

using Parsed = std::variant<Invocation, HelpWanted, UsageProblem>;

// `words` without the program's name.
Parsed parse(const std::vector<std::string>& words);

}  // namespace lifeboat::cli
