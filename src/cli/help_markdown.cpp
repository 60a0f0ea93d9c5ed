#include "cli/help.h"

#include <fmt/format.h>

#include <algorithm>

namespace lifeboat::cli {
namespace {

// What would end a table cell, or be read as markup.
std::string cell(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '|' || c == '*' || c == '<') out += '\\';
        out += c;
    }
    return out;
}

std::string anchor(const Command& command) {
    std::string name = "lifeboat-" + command.name;
    std::ranges::replace(name, ' ', '-');
    return name;
}

std::string flag_table(std::span<const Flag> flags) {
    std::string out = "| flag | meaning |\n|---|---|\n";
    for (const Flag& flag : flags) {
        const std::string letter = flag.letter.empty() ? "" : "`" + flag.letter + "`, ";
        const std::string value = flag.value.empty() ? "" : " " + flag.value;
        out += fmt::format("| {}`{}{}` | {} |\n", letter, flag.name, value, cell(flag.help));
    }
    return out + "\n";
}

std::string exit_list(const Command& command) {
    std::string out = "Exit codes: 0, 1, 2";
    std::vector<int> numbers;
    for (const app::Exit exit : command.exits) numbers.push_back(app::number(exit));
    std::ranges::sort(numbers);
    for (const int number : numbers) out += fmt::format(", {}", number);
    return out + " ([meanings](#exit-codes)).\n\n";
}

std::string section(const Command& command) {
    std::string out = fmt::format("## lifeboat {}\n\n{}.\n\n    {}\n\n{}\n\n", command.name,
                                  command.summary, usage_line(command), cell(command.description));
    if (!command.arguments.empty()) out += "| argument | meaning |\n|---|---|\n";
    for (const Argument& argument : command.arguments) {
        out += fmt::format("| `{}` | {} |\n", argument.name, cell(argument.help));
    }
    if (!command.arguments.empty()) out += "\n";
    if (!command.flags.empty()) out += flag_table(command.flags);
    for (const Example& example : command.examples) {
        out += fmt::format("    {}{}\n", example.line,
                           example.meaning.empty() ? "" : "    # " + example.meaning);
    }
    return out + "\n" + exit_list(command);
}

}  // namespace

std::string markdown_reference() {
    std::string out =
        "# The command line\n\n"
        "Made from the command table by `lifeboat help --markdown`; a test holds it to that.\n\n"
        "## Commands\n\n| command | what it does |\n|---|---|\n";
    for (const Command& command : commands()) {
        out += fmt::format("| [`{}`](#{}) | {} |\n", command.name, anchor(command),
                           cell(command.summary));
    }
    out += "\n## Flags of every command\n\nBefore or after the command.\n\n";
    out += flag_table(global_flags());
    out +=
        "The result goes to standard output; progress, warnings and questions to standard error. "
        "A program without a terminal is never asked: it fails and names the flag to pass. "
        "Passwords come from a question, a file or a program, never from an argument or a plain "
        "variable. Settings can be changed by `lifeboat config set`, and by the variables that "
        "`lifeboat config explain` names. `NO_COLOR`, `CLICOLOR`, `CLICOLOR_FORCE` and "
        "`TERM=dumb` are respected.\n\n"
        "With `--json` each line is `{\"schema\":\"lifeboat/1\",\"type\":...}` as described by "
        "`schema/`; the last is always `summary` or `error`.\n\n"
        "## Exit codes\n\n| code | meaning |\n|---|---|\n";
    for (const app::Exit exit : app::all_exits()) {
        out += fmt::format("| {} | {} |\n", app::number(exit), cell(app::meaning(exit)));
    }
    out += "\nTake a code you do not know as a failure.\n\n";
    for (const Command& command : commands()) out += section(command);
    while (out.ends_with("\n\n")) out.pop_back();
    return out;
}

}  // namespace lifeboat::cli
