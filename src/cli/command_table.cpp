#include "cli/command_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace lifeboat::cli {

using app::Exit;

const std::vector<Exit>& place_exits() {
    static const std::vector<Exit> exits{Exit::no_repository, Exit::locked, Exit::wrong_password,
                                         Exit::unreachable};
    return exits;
}

std::vector<Exit> place_exits_and(std::initializer_list<Exit> more) {
    std::vector<Exit> exits(more);
    exits.insert(exits.end(), place_exits().begin(), place_exits().end());
    return exits;
}

Argument phone_argument() {
    return {.name = "PHONE",
            .help = "Serial number or model; not needed when one phone is there",
            .completes = Completes::phone};
}

Argument snapshot_argument() {
    return {.name = "SNAPSHOT",
            .help = "\"latest\" or the first digits of an id, as in `lifeboat snapshot list`",
            .completes = Completes::snapshot};
}

Flag place_flag() {
    return {.name = "--place",
            .value = "NAME",
            .help = "Use this place only; may be given several times",
            .many = true,
            .completes = Completes::place};
}

Flag as_stored_flag() {
    return {
        .name = "--as-stored",
        .value = "",
        .help = "An iPhone's backup, or the data of apps, in its own form: that needs no password"};
}

Flag app_backup_password_flag() {
    return {.name = "--ab-password-file",
            .value = "FILE",
            .help = "Its first line is the password that was typed on the phone for its apps' data",
            .completes = Completes::file};
}

std::vector<Flag> new_password_flags() {
    return {{.name = "--new-password-file",
             .value = "FILE",
             .help = "File whose first line is the new password",
             .completes = Completes::file},
            {.name = "--new-password-command",
             .value = "COMMAND",
             .help = "Program that prints the new password, with its arguments"}};
}

namespace {

void append(std::vector<Command>& to, std::vector<Command> more) {
    std::ranges::move(more, std::back_inserter(to));
}

std::vector<Command> all_commands() {
    std::vector<Command> all = daily_commands();
    append(all, phone_commands());
    append(all, update_commands());
    append(all, place_commands());
    append(all, snapshot_commands());
    append(all, forget_commands());
    append(all, browse_commands());
    append(all, look_commands());
    append(all, key_commands());
    append(all, config_commands());
    append(all, other_commands());
    return all;
}

struct Group {
    std::string_view word;
    std::string_view summary;
};
constexpr std::array groups{
    Group{"phone", "The phones that are plugged in"}, Group{"update", "While a phone is updated"},
    Group{"place", "Destinations for copies"},        Group{"snapshot", "Backups that were made"},
    Group{"key", "Passwords that open the places"},   Group{"config", "Settings"}};

}  // namespace

std::span<const Command> commands() {
    static const std::vector<Command> all = all_commands();
    return all;
}

std::span<const Flag> global_flags() {
    static const std::vector<Flag> flags{
        {.name = "--json",
         .help = "Machine-readable: one JSON object a line on standard output; the last is the "
                 "summary or the error"},
        {.name = "--quiet", .letter = "-q", .help = "Only the result"},
        {.name = "--verbose",
         .letter = "-v",
         .help = "More detail; twice for everything",
         .many = true},
        {.name = "--no-input", .help = "Never ask; fail and say which flag would have answered"},
        {.name = "--yes", .letter = "-y", .help = "Answer every question with yes"},
        {.name = "--dry-run", .help = "Show what would be done and change nothing"},
        {.name = "--color",
         .value = "WHEN",
         .help = "Colours: auto, always or never",
         .completes = Completes::choice,
         .choices = {"auto", "always", "never"}},
        {.name = "--progress",
         .value = "HOW",
         .help = "Progress: auto, plain, json or none",
         .completes = Completes::choice,
         .choices = {"auto", "plain", "json", "none"}},
        {.name = "--config",
         .value = "FILE",
         .help = "Configuration file to use",
         .completes = Completes::file},
        {.name = "--home",
         .value = "DIR",
         .help = "Keep configuration, state and cache below this folder",
         .completes = Completes::folder},
        {.name = "--password-file",
         .value = "FILE",
         .help = "File whose first line is the password of the places",
         .completes = Completes::file},
        {.name = "--password-command",
         .value = "COMMAND",
         .help = "Program that prints the password, with its arguments"},
        {.name = "--phone-password-file",
         .value = "FILE",
         .help = "File whose first line is the password of the iPhone's own backups",
         .completes = Completes::file},
        {.name = "--phone-password-command",
         .value = "COMMAND",
         .help = "Program that prints the password of the iPhone's own backups"},
        {.name = "--adb-server",
         .value = "SOCKET",
         .help = "Where the adb server listens: tcp:PORT or tcp:HOST:PORT"},
        {.name = "--lock-wait",
         .value = "SECONDS",
         .help = "How long to wait for a place that another program uses (600); 0: not at all"},
    };
    return flags;
}

const Command* find_command(std::string_view name) {
    const auto all = commands();
    const auto found = std::ranges::find(all, name, &Command::name);
    return found == all.end() ? nullptr : &*found;
}

std::vector<const Command*> group(std::string_view first_word) {
    std::vector<const Command*> members;
    for (const Command& command : commands()) {
        if (command.name.starts_with(fmt::format("{} ", first_word))) members.push_back(&command);
    }
    return members;
}

std::string_view group_summary(std::string_view first_word) {
    const auto* const found = std::ranges::find(groups, first_word, &Group::word);
    return found == groups.end() ? std::string_view{} : found->summary;
}

std::string usage_line(const Command& command) {
    std::string line = "lifeboat " + command.name + " [FLAGS]";
    for (const Argument& argument : command.arguments) {
        const std::string shown = argument.name + (argument.many ? "..." : "");
        line += argument.required ? " " + shown : fmt::format(" [{}]", shown);
    }
    return line;
}

}  // namespace lifeboat::cli
