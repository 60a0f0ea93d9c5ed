#include "cli/completion.h"

#include "cli/command_table.h"

#include <fmt/format.h>

#include <vector>

namespace lifeboat::cli {
namespace {

// What a shell script calls the kind of a value; "-" offers nothing.
std::string kind(Completes completes, const std::vector<std::string>& choices) {
    switch (completes) {
        case Completes::file:
            return "file";
        case Completes::folder:
            return "folder";
        case Completes::phone:
            return "phone";
        case Completes::place:
            return "place";
        case Completes::snapshot:
            return "snapshot";
        case Completes::setting:
            return "setting";
        case Completes::command:
            return "command";
        case Completes::choice:
            return fmt::format("choice:{}", fmt::join(choices, ","));
        case Completes::nothing:
            return "-";
    }
    return "-";
}

std::string flag_names(std::span<const Flag> flags) {
    std::string names;
    for (const Flag& flag : flags) names += flag.name + " ";
    return names;
}

// "place add|place list|..." and the groups: what a word may become.
std::string known_prefixes() {
    std::string all;
    for (const Command& command : commands()) {
        all += fmt::format("{}\"{}\"", all.empty() ? "" : "|", command.name);
        if (const size_t blank = command.name.find(' '); blank != std::string::npos) {
            const std::string word = fmt::format("|\"{}\"", command.name.substr(0, blank));
            if (all.find(word) == std::string::npos) all += word;
        }
    }
    return all;
}

std::string sub_words(const std::string& first_word) {
    std::string words;
    for (const Command* command : group(first_word)) {
        words += command->name.substr(first_word.size() + 1) + " ";
    }
    return words;
}

std::string top_words() {
    std::string words = "help ";
    for (const Command& command : commands()) {
        const std::string first = command.name.substr(0, command.name.find(' '));
        if ((" " + words).find(" " + first + " ") == std::string::npos) words += first + " ";
    }
    return words;
}

// Lines "NAME) BODY ;;" of a POSIX case over commands.
template <class Body>
std::string cases(Body body) {
    std::string out;
    for (const Command& command : commands()) {
        out += fmt::format("        \"{}\") {} ;;\n", command.name, body(command));
    }
    return out;
}

std::string value_cases() {
    std::string out;
    for (const Flag& flag : global_flags()) {
        if (flag.value.empty()) continue;
        out += fmt::format("        *\" {}\") echo \"{}\" ;;\n", flag.name,
                           kind(flag.completes, flag.choices));
    }
    for (const Command& command : commands()) {
        for (const Flag& flag : command.flags) {
            if (flag.value.empty()) continue;
            out += fmt::format("        \"{} {}\") echo \"{}\" ;;\n", command.name, flag.name,
                               kind(flag.completes, flag.choices));
        }
    }
    return out;
}

std::string argument_kinds(const Command& command) {
    std::string kinds;
    for (const Argument& argument : command.arguments) {
        kinds += kind(argument.completes, argument.choices) + " ";
    }
    return kinds;
}

// Functions that bash and zsh read alike: what a flag's value is, what a command takes.
std::string shared_functions() {
    std::string out = "_lifeboat_value() {\n    case \"$1 $2\" in\n";
    out += value_cases();
    out += "    esac\n}\n_lifeboat_flags() {\n    echo \"" + flag_names(global_flags()) + "\"\n";
    out += "    case \"$1\" in\n";
    out += cases([](const Command& c) { return "echo \"" + flag_names(c.flags) + "\""; });
    out += "    esac\n}\n_lifeboat_arguments() {\n    case \"$1\" in\n";
    out += cases([](const Command& c) { return "echo \"" + argument_kinds(c) + "\""; });
    out += "    esac\n}\n_lifeboat_next() {\n    case \"$1\" in\n        \"\") echo \"" +
           top_words() + "\" ;;\n";
    for (const char* word : {"phone", "update", "place", "snapshot", "key", "config"}) {
        out += fmt::format("        \"{}\") echo \"{}\" ;;\n", word, sub_words(word));
    }
    out += "    esac\n}\n_lifeboat_known() {\n    case \"$1\" in\n        " + known_prefixes() +
           ") return 0 ;;\n    esac\n    return 1\n}\n";
    out +=
        "_lifeboat_words() { LIFEBOAT_ADB_START=no lifeboat --no-input completion words \"$1\" "
        "2>/dev/null; }\n"
        "# The command in the words before the cursor, and how many arguments it has already.\n"
        "_lifeboat_scan() {\n"
        "    lb_command=\"\" lb_position=0 lb_expects=\"\"\n"
        "    local word longer\n"
        "    for word in \"$@\"; do\n"
        "        if [ -n \"$lb_expects\" ]; then lb_expects=\"\"; continue; fi\n"
        "        case \"$word\" in\n"
        "            -*) lb_expects=$(_lifeboat_value \"$lb_command\" \"$word\"); continue ;;\n"
        "        esac\n"
        "        longer=\"${lb_command:+$lb_command }$word\"\n"
        "        if [ $lb_position -eq 0 ] && _lifeboat_known \"$longer\"; then\n"
        "            lb_command=$longer\n"
        "        else\n"
        "            lb_position=$((lb_position + 1))\n"
        "        fi\n"
        "    done\n"
        "}\n"
        "# What kind of value fits at the cursor; empty when a word of a command does.\n"
        "_lifeboat_kind() {\n"
        "    if [ -n \"$lb_expects\" ]; then echo \"$lb_expects\"; return; fi\n"
        "    local kind last=\"\" at=0\n"
        "    for kind in $(_lifeboat_arguments \"$lb_command\"); do\n"
        "        last=$kind\n"
        "        if [ $at -eq $lb_position ]; then echo \"$kind\"; return; fi\n"
        "        at=$((at + 1))\n"
        "    done\n"
        "}\n";
    return out;
}

std::string bash() {
    return "# Completion of lifeboat for bash. Made by `lifeboat completion bash`.\n" +
           shared_functions() +
           "_lifeboat_offer() {\n"
           "    local IFS=$'\\n'\n"
           "    COMPREPLY=($(compgen -W \"${1// /$'\\n'}\" -- \"$2\"))\n"
           "}\n"
           "_lifeboat() {\n"
           "    local cur=${COMP_WORDS[COMP_CWORD]} kind lb_command lb_position lb_expects\n"
           "    COMPREPLY=()\n"
           "    _lifeboat_scan \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"\n"
           "    if [[ -z $lb_expects && $cur == -* ]]; then\n"
           "        _lifeboat_offer \"$(_lifeboat_flags \"$lb_command\" | tr '\\n' ' ')\" "
           "\"$cur\"\n"
           "        return\n"
           "    fi\n"
           "    kind=$(_lifeboat_kind)\n"
           "    case $kind in\n"
           "        \"\") _lifeboat_offer \"$(_lifeboat_next \"$lb_command\")\" \"$cur\" ;;\n"
           "        -) ;;\n"
           "        file) local IFS=$'\\n'; COMPREPLY=($(compgen -f -- \"$cur\")) ;;\n"
           "        folder) local IFS=$'\\n'; COMPREPLY=($(compgen -d -- \"$cur\")) ;;\n"
           "        choice:*) kind=${kind#choice:}\n"
           "            _lifeboat_offer \"${kind//,/ }\" \"$cur\" ;;\n"
           "        *) _lifeboat_offer \"$(_lifeboat_words \"$kind\" | tr '\\n' ' ')\" \"$cur\" "
           ";;\n"
           "    esac\n"
           "}\n"
           "complete -o filenames -F _lifeboat lifeboat\n";
}

std::string zsh() {
    return "#compdef lifeboat\n"
           "# Completion of lifeboat for zsh. Made by `lifeboat completion zsh`.\n" +
           shared_functions() +
           "_lifeboat() {\n"
           "    emulate -L zsh\n"
           "    setopt sh_word_split\n"
           "    local kind lb_command lb_position lb_expects\n"
           "    _lifeboat_scan \"${(@)words[2,CURRENT-1]}\"\n"
           "    if [[ -z $lb_expects && $words[CURRENT] == -* ]]; then\n"
           "        compadd -- $(_lifeboat_flags \"$lb_command\")\n"
           "        return\n"
           "    fi\n"
           "    kind=$(_lifeboat_kind)\n"
           "    case $kind in\n"
           "        \"\") compadd -- $(_lifeboat_next \"$lb_command\") ;;\n"
           "        -) ;;\n"
           "        file) _files ;;\n"
           "        folder) _files -/ ;;\n"
           "        choice:*) compadd -- ${${kind#choice:}//,/ } ;;\n"
           "        *) compadd -- ${(f)\"$(_lifeboat_words \"$kind\")\"} ;;\n"
           "    esac\n"
           "}\n"
           "if [ \"$funcstack[1]\" = \"_lifeboat\" ]; then _lifeboat \"$@\"; "
           "else compdef _lifeboat lifeboat; fi\n";
}

// fish quotes with single quotes; inside them only \ and ' are special.
std::string fish_quoted(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        if (c == '\\' || c == '\'') out += '\\';
        out += c;
    }
    return out + "'";
}

std::string fish_values(const std::string& kind_name) {
    if (kind_name == "-") return "-x";
    if (kind_name == "file") return "-r -F";
    if (kind_name == "folder") return "-x -a '(__fish_complete_directories)'";
    if (kind_name.starts_with("choice:")) {
        std::string words = kind_name.substr(kind_name.find(':') + 1);
        for (char& c : words) {
            if (c == ',') c = ' ';
        }
        return "-x -a '" + words + "'";
    }
    return fmt::format(
        "-x -a '(LIFEBOAT_ADB_START=no lifeboat --no-input completion words {} 2>/dev/null)'",
        kind_name);
}

std::string fish_flag(const std::string& condition, const Flag& flag) {
    std::string line = "complete -c lifeboat" + condition + " -l " + flag.name.substr(2);
    if (!flag.letter.empty()) line += " -s " + flag.letter.substr(1);
    if (!flag.value.empty()) line += " " + fish_values(kind(flag.completes, flag.choices));
    return line + " -d " + fish_quoted(flag.help) + "\n";
}

std::string fish_command(const Command& command) {
    const size_t blank = command.name.find(' ');
    const std::string first = command.name.substr(0, blank);
    std::string condition = " -n '__fish_seen_subcommand_from " + first;
    std::string out;
    if (blank != std::string::npos) {
        const std::string second = command.name.substr(blank + 1);
        out += fmt::format("complete -c lifeboat{}' -f -a {} -d {}\n", condition, second,
                           fish_quoted(command.summary));
        condition += "; and __fish_seen_subcommand_from " + second;
    }
    condition += "'";
    for (const Flag& flag : command.flags) out += fish_flag(condition, flag);
    for (const Argument& argument : command.arguments) {
        const std::string name = kind(argument.completes, argument.choices);
        if (name != "-") out += "complete -c lifeboat" + condition + " " + fish_values(name) + "\n";
    }
    return out;
}

std::string fish() {
    std::string out =
        "# Completion of lifeboat for fish. Made by `lifeboat completion fish`.\n"
        "complete -c lifeboat -f\n";
    for (const Flag& flag : global_flags()) out += fish_flag("", flag);
    std::string seen = " ";
    for (const Command& command : commands()) {
        const std::string first = command.name.substr(0, command.name.find(' '));
        if (seen.find(" " + first + " ") == std::string::npos) {
            const std::string summary(command.name == first ? std::string_view(command.summary)
                                                            : group_summary(first));
            out += fmt::format("complete -c lifeboat -n __fish_use_subcommand -f -a {} -d {}\n",
                               first, fish_quoted(summary));
            seen += first + " ";
        }
        out += fish_command(command);
    }
    return out;
}

}  // namespace

std::string completion_script(std::string_view shell) {
    if (shell == "zsh") return zsh();
    if (shell == "fish") return fish();
    return bash();
}

}  // namespace lifeboat::cli
