#include "cli/command_parts.h"

namespace lifeboat::cli {
namespace {

using app::Exit;

Argument place_name() {
    return {.name = "NAME",
            .help = "Name of the place",
            .required = true,
            .completes = Completes::place};
}

Command place_repair() {
    return {
        .name = "place repair",
        .summary = "Put a damaged copy right, from the other places and from what is readable",
        .description =
            "Reads everything in the place and repairs what is damaged or missing: whole files "
            "come from your other places, what can still be read is saved, and the index is "
            "written anew. What nobody has any more is named, file by file and backup by "
            "backup. Without PLACE every place is repaired in turn.\n\n"
            "Nothing that can be read is given up: new files are safe before an old one goes, "
            "and what may still hold something is moved to the folder \"damaged\" of the place. "
            "The command may be stopped at any moment; run it again to go on.\n\n"
            "Backups that miss files stay as they are unless --leave-out-lost is given: then "
            "each is replaced by one without the lost files, with the tag \"repaired\".\n\n"
            "Last, parity (the setting repository.parity) that is missing or damaged is written. "
            "--parity does only that: for repositories that were made without, or by restic. It "
            "reads the parity files, and of the others only those whose parity is not whole.",
        .arguments = {{.name = "PLACE",
                       .help = "Name of the place",
                       .completes = Completes::place}},
        .flags = {{.name = "--from",
                   .value = "NAME",
                   .help = "Fetch from this place only; may be given several times",
                   .many = true,
                   .completes = Completes::place},
                  {.name = "--quick",
                   .value = "",
                   .help = "Look at the ends of the packs only, not at every byte"},
                  {.name = "--parity",
                   .value = "",
                   .help = "Only write parity that is missing or damaged"},
                  {.name = "--leave-out-lost",
                   .value = "",
                   .help = "Replace backups that miss files by ones without these files"}},
        .examples = {{"lifeboat place repair ssd", "with all other places as sources"},
                     {"lifeboat place repair ssd --dry-run", "only say what would be done"},
                     {"lifeboat place repair --parity", "after parity was off, in all places"}},
        .exits = place_exits_and({Exit::damaged, Exit::no_space}),
        .takes_long = true};
}

}  // namespace

std::vector<Command> place_commands() {
    return {
        {.name = "place add",
         .summary = "Add a destination for copies",
         .description =
             "Makes an encrypted repository in the folder (or takes over the one that is there) "
             "and remembers it under NAME. Every further place becomes another copy of the same "
             "repository, with the same password. How much parity (spare bytes that mend flipped "
             "sectors and lost ends) new files get is one setting for all places: "
             "`lifeboat config set repository.parity PERCENT`, 2 unless you change it.\n\n"
             "The password is asked for, twice when it is new, or comes from --password-file or "
             "--password-command. Whoever loses it loses the copies: there is no way around it.",
         .arguments = {{.name = "NAME", .help = "A short name: ssd, nas", .required = true},
                       {.name = "FOLDER",
                        .help = "Where the copies go; made when it is not there",
                        .required = true,
                        .completes = Completes::folder}},
         .examples = {{"lifeboat place add ssd /media/ssd/lifeboat", "the first place"},
                      {"lifeboat place add nas /mnt/nas/lifeboat", "the second"}},
         .exits = {Exit::wrong_password, Exit::unreachable, Exit::no_space}},
        {.name = "place list",
         .summary = "Your places, their free space and what is in them",
         .description = "Does not ask for the password: backups are counted, not read.",
         .examples = {{"lifeboat place list", ""}}},
        {.name = "place test",
         .summary = "Write, read back and open: does a place really work?",
         .description = "Writes a small file, reads it back, removes it, opens the repository with "
                        "the password and counts its backups. Without NAME all places are tested.",
         .arguments = {{.name = "NAME",
                        .help = "Name of the place",
                        .completes = Completes::place}},
         .examples = {{"lifeboat place test ssd", ""}},
         .exits = place_exits_and({Exit::damaged, Exit::no_space})},
        place_repair(),
        place_prune_command(),
        {.name = "place locks",
         .summary = "Who holds the places now",
         .description = "The locks of each place: whose they are, how old, and whether that "
                        "program still runs, as far as this computer can tell. A lock of a program "
                        "that is gone is taken away by the next run by itself. Without NAME all "
                        "places.",
         .arguments = {{.name = "NAME",
                        .help = "Name of the place",
                        .completes = Completes::place}},
         .examples = {{"lifeboat place locks", ""}},
         .exits = place_exits()},
        {.name = "place remove",
         .summary = "Forget a place; the copies in it stay",
         .description =
             "Takes the place out of the configuration. Nothing in the place is touched: "
             "`lifeboat place add` brings it back.",
         .arguments = {place_name()},
         .examples = {{"lifeboat place remove nas", ""}}}};
}

}  // namespace lifeboat::cli
