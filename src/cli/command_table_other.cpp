#include "cli/command_parts.h"

namespace lifeboat::cli {

using app::Exit;

std::vector<Command> key_commands() {
    return {
        {.name = "key list",
         .summary = "The passwords that open the places, and where each one does",
         .description = "Each password is known by an id; the passwords themselves cannot be seen. "
                        "A damaged one is named with its place.",
         .flags = {place_flag()},
         .examples = {{"lifeboat key list", ""}},
         .exits = place_exits_and({Exit::damaged})},
        {.name = "key add",
         .summary = "A further password for all places, beside the one there is",
         .description = "For somebody else, or for a sheet of paper in a safe. It is asked for "
                        "twice, or comes from --new-password-file or --new-password-command. Each "
                        "place is opened with it at once, to be sure.\n\n"
                        "A place that is not there now is named; the same command run again later "
                        "catches up.",
         .flags = new_password_flags(),
         .examples = {{"lifeboat key add", "asks for the new password"}},
         .exits = place_exits_and({Exit::partly, Exit::no_space})},
        {.name = "key change",
         .summary = "Another password for all places",
         .description = "Adds the new password everywhere, opens each place with it, and only then "
                        "removes the old one. Broken off at any moment, every place opens with at "
                        "least one of the two, and the same command run again completes it.\n\n"
                        "A place that is not there now keeps the old password and is named; the "
                        "same command with the same two passwords catches up later. Whoever copied "
                        "a place before still opens that copy with the old password.",
         .flags = new_password_flags(),
         .examples = {{"lifeboat key change", "asks for the old and the new password"},
                      {"lifeboat key change --new-password-file ~/new", "in a script"}},
         .exits = place_exits_and({Exit::partly, Exit::no_space})},
        {.name = "key remove",
         .summary = "A password that opens no longer",
         .description = "Never the one in use now: so there is always one left. A place that is "
                        "not there now is named; the same command run again later catches up.",
         .arguments = {{.name = "ID",
                        .help = "Its first digits, as in `lifeboat key list`",
                        .required = true}},
         .examples = {{"lifeboat key remove 4bba301e", ""}},
         .exits = place_exits_and({Exit::partly})}};
}

std::vector<Command> config_commands() {
    const Argument key{.name = "KEY",
                       .help = "As in `lifeboat config list`",
                       .required = true,
                       .completes = Completes::setting};
    return {{.name = "config get",
             .summary = "Print the value of a setting",
             .description = "The value in force, from wherever it comes.",
             .arguments = {key},
             .examples = {{"lifeboat config get adb.server", ""}}},
            {.name = "config set",
             .summary = "Write a setting into your configuration file",
             .description = "Comments and everything else in the file stay as they are.",
             .arguments = {key, {.name = "VALUE", .help = "The new value", .required = true}},
             .examples = {{"lifeboat config set ui.color never", ""}}},
            {.name = "config list",
             .summary = "All settings with their values",
             .description = "With the place each value comes from.",
             .examples = {{"lifeboat config list", ""}}},
            {.name = "config explain",
             .summary = "A setting: value, where it comes from, default, meaning",
             .description = "A flag wins over a LIFEBOAT_ variable, that over your file, that over "
                            "/etc/lifeboat/config.toml, that over the default.",
             .arguments = {key},
             .examples = {{"lifeboat config explain password_file", ""}}}};
}

std::vector<Command> other_commands() {
    return {
        {.name = "doctor",
         .summary = "Why does it not work here?",
         .description = "Looks at everything a backup needs: adb, its server, the phone and its "
                        "permission, the places and their free space, the clock, the "
                        "configuration. Changes nothing. Places are opened only when the password "
                        "comes from a file or a program.",
         .examples = {{"lifeboat doctor", ""}},
         .takes_long = false},
        {.name = "version",
         .summary = "Which version this is",
         .description = "The version and the commit it was built from.",
         .examples = {{"lifeboat version", ""}}},
        {.name = "completion",
         .summary = "Print the completion script for a shell",
         .description = "Load it in your shell's start file, or put it where the shell looks for "
                        "completions.",
         .arguments = {{.name = "SHELL",
                        .help = "bash, zsh or fish; \"words\" prints what the scripts offer",
                        .required = true,
                        .completes = Completes::choice,
                        .choices = {"bash", "zsh", "fish", "words"}},
                       {.name = "KIND",
                        .help = "With \"words\": place, phone, snapshot, setting or command"}},
         .examples = {{"source <(lifeboat completion bash)", "in ~/.bashrc"},
                      {"lifeboat completion fish > ~/.config/fish/completions/lifeboat.fish", ""}}},
        {.name = "help",
         .summary = "Explain a command",
         .description = "Without COMMAND all commands. --man writes the manual page instead, "
                        "--markdown the reference of all commands.",
         .arguments = {{.name = "COMMAND",
                        .help = "\"ready\", \"place add\"",
                        .many = true,
                        .completes = Completes::command}},
         .flags = {{.name = "--man", .value = "", .help = "The manual page (roff)"},
                   {.name = "--markdown", .value = "", .help = "The reference of all commands"},
                   {.name = "--errors", .value = "", .help = "The reference of all errors"}},
         .examples = {{"lifeboat help restore", ""},
                      {"lifeboat help --man ready | man -l -", "as a manual page"}}},
    };
}

}  // namespace lifeboat::cli
