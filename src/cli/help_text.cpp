#include "base/text.h"
#include "cli/help.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace lifeboat::cli {
namespace {

constexpr size_t text_width = 78;

// Breaks at blanks so that no line is longer than the width.
std::string wrapped(std::string_view paragraph, size_t indent) {
    const std::string margin(indent, ' ');
    std::string out;
    std::string line;
    for (const std::string_view word : split(paragraph, ' ')) {
        if (!line.empty() && indent + line.size() + 1 + word.size() > text_width) {
            out += margin + line + "\n";
            line.clear();
        }
        if (!line.empty()) line += ' ';
        line += word;
    }
    return out + margin + line + "\n";
}

std::string paragraphs(std::string_view text, size_t indent) {
    std::string out;
    for (const std::string_view line : lines(text)) {
        out += line.empty() ? "\n" : wrapped(line, indent);
    }
    return out;
}

// A term and its explanation side by side, the explanation on the next line when the term is long.
std::string row(const std::string& term, const std::string& meaning, size_t column) {
    const std::string text = wrapped(meaning, column);
    if (term.size() + 4 > column) return "  " + term + "\n" + text;
    return fmt::format("  {:<{}}{}", term, column - 2, text.substr(column));
}

std::string flag_term(const Flag& flag) {
    std::string term = flag.letter.empty() ? "    " : flag.letter + ", ";
    term += flag.name;
    if (!flag.value.empty()) term += " " + flag.value;
    return term;
}

std::string flag_rows(std::span<const Flag> flags) {
    constexpr size_t column = 32;
    std::string out;
    for (const Flag& flag : flags) out += row(flag_term(flag), flag.help, column);
    return out;
}

std::string exit_rows(const Command& command) {
    constexpr size_t column = 8;
    std::string out;
    std::set<app::Exit> wanted{app::Exit::done, app::Exit::failed, app::Exit::usage};
    wanted.insert(command.exits.begin(), command.exits.end());
    for (const app::Exit exit : app::all_exits()) {
        if (wanted.count(exit) == 0) continue;
        out += row(std::to_string(app::number(exit)), std::string(app::meaning(exit)), column);
    }
    return out;
}

std::string command_rows(const std::vector<const Command*>& members) {
    constexpr size_t column = 20;
    std::string out;
    for (const Command* command : members) out += row(command->name, command->summary, column);
    return out;
}

std::string examples(const Command& command) {
    std::string out;
    for (const Example& example : command.examples) {
        out += "  " + example.line + "\n";
        if (!example.meaning.empty()) out += "      " + example.meaning + "\n";
    }
    return out;
}

std::string about_command(const Command& command) {
    std::string out = fmt::format("{}\n\nUsage: {}\n\n", command.summary, usage_line(command));
    out += paragraphs(command.description, 0);
    if (!command.arguments.empty()) {
        out += "\nArguments:\n";
        for (const Argument& argument : command.arguments) {
            out += row(argument.name, argument.help, 20);
        }
    }
    if (!command.flags.empty()) out += "\nFlags:\n" + flag_rows(command.flags);
    out += "\nExamples:\n" + examples(command);
    out += "\nExit codes:\n" + exit_rows(command);
    return out + "\nFlags of every command: lifeboat help\n";
}

std::vector<const Command*> all() {
    std::vector<const Command*> list;
    for (const Command& command : commands()) list.push_back(&command);
    return list;
}

}  // namespace

std::string help_overview() {
    std::string out =
        "Lifeboat makes a phone safe to update: copied completely, encrypted, in\n"
        "several places, read back and compared.\n\n"
        "Usage: lifeboat COMMAND [FLAGS] [ARGUMENTS]\n\n"
        "Commands:\n";
    out += command_rows(all());
    out += "\nFlags of every command:\n" + flag_rows(global_flags());
    out += row("-h, --help", "Explain the command", 32);
    return out +
           "\nStart with:\n"
           "  lifeboat place add ssd /media/ssd/lifeboat\n"
           "  lifeboat ready\n\n"
           "More about one command: lifeboat help COMMAND\n";
}

std::string help_about(std::string_view name) {
    if (const Command* command = find_command(name)) return about_command(*command);
    const std::vector<const Command*> members = group(name);
    if (members.empty()) return help_overview();
    return fmt::format("{}\n\nCommands:\n{}\nMore about one command: lifeboat help {}\n",
                       group_summary(name), command_rows(members), members.front()->name);
}

}  // namespace lifeboat::cli
