#include "base/text.h"
#include "cli/help.h"
#include "lifeboat_version.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace lifeboat::cli {
namespace {

// roff reads a leading dot or quote, a backslash and a hyphen in its own way.
std::string roff(std::string_view text) {
    std::string out;
    if (text.starts_with('.') || text.starts_with('\'')) out += "\\&";
    for (const char c : text) {
        if (c == '\\')
            out += "\\e";
        else if (c == '-')
            out += "\\-";
        else
            out += c;
    }
    return out;
}

std::string term(const std::string& name, const std::string& meaning) {
    return fmt::format(".TP\n.B {}\n{}\n", roff(name), roff(meaning));
}

std::string flag_terms(std::span<const Flag> flags) {
    std::string out;
    for (const Flag& flag : flags) {
        std::string name = flag.letter.empty() ? flag.name : flag.letter + ", " + flag.name;
        if (!flag.value.empty()) name += " " + flag.value;
        out += term(name, flag.help);
    }
    return out;
}

std::string paragraphs(std::string_view text) {
    std::string out;
    for (const std::string_view line : lines(text)) {
        out += line.empty() ? ".PP\n" : roff(line) + "\n";
    }
    return out;
}

std::string head(const std::string& page, std::string_view summary) {
    std::string upper = page;
    std::ranges::transform(upper, upper.begin(), [](unsigned char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : static_cast<char>(c);
    });
    return fmt::format(
        ".TH \"{}\" \"1\" \"\" \"Lifeboat {}\" \"Lifeboat manual\"\n.SH NAME\n{} \\- {}\n", upper,
        LIFEBOAT_VERSION, roff(page), roff(summary));
}

std::string exits(const std::set<app::Exit>& wanted) {
    std::string out = ".SH EXIT STATUS\n";
    for (const app::Exit exit : app::all_exits()) {
        if (!wanted.empty() && wanted.count(exit) == 0) continue;
        out += term(std::to_string(app::number(exit)), std::string(app::meaning(exit)));
    }
    return out + ".PP\nTake a code you do not know as a failure.\n";
}

std::string command_page(const Command& command) {
    std::string out = head(man_name(command.name), command.summary);
    out += ".SH SYNOPSIS\n.B " + roff(usage_line(command)) + "\n";
    out += ".SH DESCRIPTION\n" + paragraphs(command.description);
    if (!command.arguments.empty()) out += ".SH ARGUMENTS\n";
    for (const Argument& argument : command.arguments) out += term(argument.name, argument.help);
    if (!command.flags.empty()) out += ".SH OPTIONS\n" + flag_terms(command.flags);
    out += ".SH EXAMPLES\n";
    for (const Example& example : command.examples) {
        out += term(example.line, example.meaning.empty() ? command.summary : example.meaning);
    }
    std::set<app::Exit> wanted{app::Exit::done, app::Exit::failed, app::Exit::usage};
    wanted.insert(command.exits.begin(), command.exits.end());
    out += exits(wanted);
    return out + ".SH SEE ALSO\n.BR lifeboat (1)\n";
}

std::string program_page() {
    std::string out = head("lifeboat", "make a phone safe to update");
    out += ".SH SYNOPSIS\n.B lifeboat COMMAND [FLAGS] [ARGUMENTS]\n.SH DESCRIPTION\n";
    out += paragraphs(
        "Copies everything readable on a phone, encrypted and deduplicated, into several places, "
        "reads it back and compares it, and says whether the phone is safe to update. After the "
        "update it says what was lost, and brings it back.");
    out += ".SH COMMANDS\n";
    for (const Command& command : commands()) out += term(command.name, command.summary);
    out += ".SH OPTIONS\nUnderstood before and after every command.\n";
    out += flag_terms(global_flags());
    out += exits({});
    out += ".SH SEE ALSO\n";
    const auto all = commands();
    for (size_t i = 0; i < all.size(); ++i) {
        out += fmt::format(".BR {} (1){}\n", roff(man_name(all[i].name)),
                           i + 1 < all.size() ? "," : "");
    }
    return out;
}

}  // namespace

std::string man_name(std::string_view name) {
    if (name.empty()) return "lifeboat";
    std::string page = "lifeboat-" + std::string(name);
    std::ranges::replace(page, ' ', '-');
    return page;
}

std::string man_page(std::string_view name) {
    const Command* command = find_command(name);
    return command == nullptr ? program_page() : command_page(*command);
}

}  // namespace lifeboat::cli
