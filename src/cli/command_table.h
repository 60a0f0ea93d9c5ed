// The one table of commands: parser, help, man pages, completion and docs/cli.md are made from it.
#pragma once

#include "app/exit_code.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lifeboat::cli {

// What a shell may offer for a value.
enum class Completes { nothing, file, folder, phone, place, snapshot, setting, command, choice };

struct Argument {
    std::string name{};  // "PHONE": as shown
    std::string help{};
    bool required = false;
    bool many = false;
    Completes completes = Completes::nothing;
    std::vector<std::string> choices{};
};

struct Flag {
    std::string name{};    // "--json"
    std::string letter{};  // "-v"; may be empty
    std::string value{};   // "DIR"; empty for a switch
    std::string help{};
    bool many = false;  // may be given more than once
    Completes completes = Completes::nothing;
    std::vector<std::string> choices{};
};

struct Example {
    std::string line{};
    std::string meaning{};
};

struct Command {
    std::string name{};         // "place add"
    std::string summary{};      // one line, no full stop
    std::string description{};  // paragraphs, parted by an empty line
    std::vector<Argument> arguments{};
    std::vector<Flag> flags{};
    std::vector<Example> examples{};
    std::vector<app::Exit> exits{};  // besides done, failed, usage
    bool takes_long = false;         // --json gives JSON Lines while it works
};

// In the order a person should read them.
std::span<const Command> commands();
// Understood before and after every command.
std::span<const Flag> global_flags();
const Command* find_command(std::string_view name);
// "place": the commands "place add", "place list", ...
std::vector<const Command*> group(std::string_view first_word);
// "place" -> "Destinations for copies"; empty when it is no group.
std::string_view group_summary(std::string_view first_word);

// "lifeboat place add [flags] NAME FOLDER"
std::string usage_line(const Command& command);

}  // namespace lifeboat::cli
