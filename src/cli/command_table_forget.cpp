#include "cli/command_parts.h"

namespace lifeboat::cli {
namespace {

using app::Exit;

std::vector<Flag> prune_flags() {
    return {{.name = "--max-unused",
             .value = "HOW-MUCH",
             .help = "What may stay of data that nobody needs: 5% (the default), 0, 200MB, "
                     "unlimited"},
            {.name = "--max-repack-size",
             .value = "SIZE",
             .help = "Write at most this much anew; the next run goes on: 2GB"}};
}

std::vector<Flag> keep_flags() {
    std::vector<Flag> flags{{.name = "--keep-last", .value = "N", .help = "Keep the newest N"}};
    struct Period {
        const char* adverb;
        const char* noun;
    };
    for (const auto& [adverb, noun] :
         {Period{"hourly", "hours"}, Period{"daily", "days"}, Period{"weekly", "weeks"},
          Period{"monthly", "months"}, Period{"yearly", "years"}}) {
        flags.push_back({.name = std::string("--keep-") + adverb,
                         .value = "N",
                         .help = std::string("Keep the newest of each of the last N ") + noun +
                                 " that have one"});
    }
    flags.push_back({.name = "--keep-within",
                     .value = "SPAN",
                     .help = "Keep all of this time before the newest one: 7d, 2m, 1y5d12h"});
    for (const char* adverb : {"hourly", "daily", "weekly", "monthly", "yearly"}) {
        flags.push_back({.name = std::string("--keep-within-") + adverb,
                         .value = "SPAN",
                         .help = std::string("Keep ") + adverb + " ones of this time"});
    }
    flags.push_back({.name = "--keep-tag",
                     .value = "TAG,...",
                     .help = "Keep those with all of these tags; may be given several times",
                     .many = true});
    return flags;
}

Command forget() {
    Command command{
        .name = "snapshot forget",
        .summary = "Let backups go: by name, or by rules which ones to keep",
        .description =
            "Removes the backups you name, or all that no --keep rule wants, in all places "
            "together. The rules are those of `restic forget`; N may be \"unlimited\". Each phone "
            "is judged alone, and backups of other programs by host and paths. Interrupted runs "
            "are no backups: they go as soon as there is a newer backup.\n\n"
            "Backups on hold stay, and so does the newest backup of each phone in each place, "
            "unless you name it. Look with --dry-run first. The room comes back with `lifeboat "
            "place prune`, or at once with --prune.",
        .arguments = {{.name = "SNAPSHOT",
                       .help = "First digits of an id, as in `lifeboat snapshot list`",
                       .many = true,
                       .completes = Completes::snapshot}},
        .flags = keep_flags(),
        .examples = {{"lifeboat snapshot forget --keep-last 3 --keep-monthly 12 --dry-run",
                      "what would stay and why"},
                     {"lifeboat snapshot forget 4bba301e --prune", "this one, and its room"}},
        .exits = place_exits_and({Exit::damaged, Exit::no_space}),
        .takes_long = true};
    command.flags.push_back({.name = "--phone",
                             .value = "PHONE",
                             .help = "Only backups of this phone: its key or name",
                             .completes = Completes::phone});
    command.flags.push_back(place_flag());
    command.flags.push_back({.name = "--prune", .value = "", .help = "Tidy up the places as well"});
    for (const Flag& flag : prune_flags()) command.flags.push_back(flag);
    return command;
}

}  // namespace

Command place_prune_command() {
    return {
        .name = "place prune",
        .summary = "Remove data that no backup needs any more",
        .description =
            "Gets back the room of forgotten backups and of runs that were cut off. Packs that "
            "are partly needed are written anew; new ones are safe before an old one goes. The "
            "command may be stopped at any moment: run it again to go on. It needs the place for "
            "itself, and waits for other programs as long as --lock-wait says.\n\n"
            "What is needed must be certain: when a backup, its folders or an index cannot be "
            "read, nothing is deleted. Without PLACE all places are tidied.",
        .arguments = {{.name = "PLACE",
                       .help = "Name of the place",
                       .many = true,
                       .completes = Completes::place}},
        .flags = prune_flags(),
        .examples = {{"lifeboat place prune", "all places"},
                     {"lifeboat place prune ssd --dry-run", "how much room it would give"}},
        .exits = place_exits_and({Exit::damaged, Exit::no_space}),
        .takes_long = true};
}

std::vector<Command> forget_commands() {
    return {forget(),
            {.name = "snapshot hold",
             .summary = "Keep a backup whatever rules say",
             .description =
                 "Nothing removes a backup on hold until it is released: neither rules nor "
                 "naming it, and tidying up keeps its data even when another program removed the "
                 "backup itself (`lifeboat snapshot recover` brings it back then). Programs that "
                 "do not know holds may still delete the data: do not run their prune.",
             .arguments = {snapshot_argument()},
             .flags = {{.name = "--note", .value = "REASON", .help = "Why; shown in lists"},
                       place_flag()},
             .examples = {{"lifeboat snapshot hold latest --note \"before the repair\"", ""}},
             .exits = place_exits_and({})},
            {.name = "snapshot release",
             .summary = "End the hold on a backup",
             .description = "The backup stays; rules may let it go from now on.",
             .arguments = {{.name = "SNAPSHOT",
                            .help = "First digits of the id",
                            .required = true,
                            .completes = Completes::snapshot}},
             .flags = {place_flag()},
             .examples = {{"lifeboat snapshot release 4bba301e", ""}},
             .exits = place_exits_and({})},
            {.name = "snapshot recover",
             .summary = "Bring a held backup back that another program removed",
             .description = "Writes the backup's own file again from its hold; its data was kept.",
             .arguments = {{.name = "SNAPSHOT",
                            .help = "First digits of the id",
                            .required = true,
                            .completes = Completes::snapshot}},
             .flags = {place_flag()},
             .examples = {{"lifeboat snapshot recover 4bba301e", ""}},
             .exits = place_exits_and({Exit::damaged})}};
}

}  // namespace lifeboat::cli
