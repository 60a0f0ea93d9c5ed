#include "cli/command_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace lifeboat::cli {
namespace {

using app::Exit;

// Exits of everything that opens the places.
const std::vector<Exit>& place_exits() {
    static const std::vector<Exit> exits{Exit::no_repository, Exit::locked, Exit::wrong_password,
                                         Exit::unreachable};
    return exits;
}

Argument phone_argument() {
    return {.name = "PHONE",
            .help = "Serial number or model; not needed when one phone is there",
            .completes = Completes::phone};
}

}  // namespace

std::vector<Exit> place_exits_and(std::initializer_list<Exit> more) {
    std::vector<Exit> exits(more);
    exits.insert(exits.end(), place_exits().begin(), place_exits().end());
    return exits;
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

namespace {

Command ready() {
    return {
        .name = "ready",
        .summary = "Make the phone safe to update: check, back up, read back, verdict",
        .description =
            "Looks at the phone, copies everything readable into your places, reads every place "
            "back and compares it with hashes computed on the phone itself, looks again, and ends "
            "with a verdict: safe to update until a certain time, or what is missing.\n\n"
            "Two places are needed. One is enough only with --accept-single-place and a reason; "
            "the verdict keeps that in sight. The verdict is good for 60 minutes after the copy "
            "and only while nothing new appears on the phone.\n\n"
            "A run that was cut off goes on where it was: run the same command again.",
        .arguments = {phone_argument()},
        .flags = {place_flag(),
                  {.name = "--accept-single-place",
                   .value = "REASON",
                   .help = "Allow GO with one place only; the reason is kept with the verdict"},
                  {.name = "--pin",
                   .value = "PATH",
                   .help = "A file that must not be lost, as `lifeboat ls` shows it; several times",
                   .many = true}},
        .examples = {{"lifeboat ready", "the one phone that is plugged in, all places"},
                     {"lifeboat ready --accept-single-place \"no second disk here\"",
                      "GO with one copy, at your own risk"}},
        .exits = place_exits_and(
            {Exit::partly, Exit::no_go, Exit::needs_confirmation, Exit::no_phone, Exit::no_space}),
        .takes_long = true};
}

Command audit() {
    return {.name = "audit",
            .summary = "After the update: what was lost, changed or moved",
            .description =
                "Compares the phone as it is now with its last finished backup, by path, date, "
                "size and SHA-256, and names every file that is gone or damaged.\n\n"
                "With --put-back what was lost is written onto the phone again from a copy, with "
                "its dates, and the phone is audited once more.",
            .arguments = {phone_argument()},
            .flags = {{.name = "--baseline",
                       .value = "SNAPSHOT",
                       .help = "Compare with this backup instead of the last finished one",
                       .completes = Completes::snapshot},
                      {.name = "--put-back",
                       .value = "",
                       .help = "Write what was lost onto the phone again, then audit once more"},
                      place_flag()},
            .examples = {{"lifeboat audit", "what did the update cost?"},
                         {"lifeboat audit --put-back", "and bring it back"}},
            .exits = place_exits_and({Exit::loss, Exit::no_phone}),
            .takes_long = true};
}

Command restore() {
    return {.name = "restore",
            .summary = "Bring files back, into a folder or onto the phone",
            .description =
                "Writes the files of a backup into a folder (--to) or onto the phone "
                "(--onto-phone), with their dates; each is read back and compared. Without PATH "
                "everything comes back.\n\n"
                "A different file that is in the way is never replaced unless --overwrite is "
                "given: nothing is written then, and the conflicts are listed.",
            .arguments = {snapshot_argument(),
                          {.name = "PATH",
                           .help = "Files or folders of the backup, as `lifeboat ls` shows them",
                           .many = true}},
            .flags = {{.name = "--to",
                       .value = "DIR",
                       .help = "Write into this folder",
                       .completes = Completes::folder},
                      {.name = "--onto-phone",
                       .value = "",
                       .help = "Write onto the phone that is plugged in (see --phone)"},
                      {.name = "--phone",
                       .value = "PHONE",
                       .help = "Which phone, when several are there",
                       .completes = Completes::phone},
                      {.name = "--missing",
                       .value = "",
                       .help = "Only what the last audit found lost or damaged"},
                      {.name = "--overwrite",
                       .value = "",
                       .help = "Replace different files that are in the way"},
                      place_flag()},
            .examples = {{"lifeboat restore latest DCIM/Camera --to ~/photos", "one folder"},
                         {"lifeboat restore --onto-phone --missing",
                          "put back what the last audit missed"},
                         {"lifeboat restore latest --to /tmp/all --dry-run", "only list"}},
            .exits = place_exits_and({Exit::partly, Exit::damaged, Exit::no_phone, Exit::no_space}),
            .takes_long = true};
}

Command backup() {
    return {.name = "backup",
            .summary = "Copy the phone into the places, without a verdict",
            .description =
                "Copies everything readable on the phone into the first place that answers, then "
                "into the others. What did not change since the last backup is not sent again.",
            .arguments = {phone_argument()},
            .flags = {place_flag(),
                      {.name = "--no-replicate",
                       .value = "",
                       .help = "Write into the first place only"}},
            .examples = {{"lifeboat backup", "the one phone that is there, all places"}},
            .exits = place_exits_and({Exit::partly, Exit::no_phone, Exit::no_space}),
            .takes_long = true};
}

Command verify() {
    return {
        .name = "verify",
        .summary = "Read copies back and compare every file",
        .description =
            "Reads a backup back out of each place and compares the SHA-256 of every file "
            "with what the phone had, and looks whether keys, indexes, folders and packs of all "
            "backups are in order. With --deep every byte of the place is read and checked as "
            "well.\n\n"
            "With --sample a part of the packs is read instead: those that were not read for "
            "longest. After 20 runs with 5% everything was read once. Where a run ended is "
            "remembered in the state folder.\n\n"
            "When SNAPSHOT is given, only that backup and what it needs is looked at.",
        .arguments = {snapshot_argument()},
        .flags = {{.name = "--deep", .value = "", .help = "Read every byte of the place"},
                  {.name = "--sample",
                   .value = "PERCENT",
                   .help = "Read this share of the packs, others at each run"},
                  place_flag()},
        .examples = {{"lifeboat verify", "the newest backup, in every place"},
                     {"lifeboat verify --deep --place ssd", "all of one place"},
                     {"lifeboat verify --sample 5%", "a twentieth, another one each time"}},
        .exits = place_exits_and({Exit::damaged}),
        .takes_long = true};
}

std::vector<Command> phone_commands() {
    return {{.name = "phone list",
             .summary = "Which phones are there, and what each one needs",
             .description = "Every phone the adb server sees. One that is not ready comes with the "
                            "one thing to do about it.",
             .examples = {{"lifeboat phone list", ""}}},
            {.name = "phone info",
             .summary = "What can be read from the phone now",
             .description = "Model, version and every fact the checks look at: battery, network, "
                            "free space. A fact the phone does not tell is shown as unknown, with "
                            "the reason.",
             .arguments = {phone_argument()},
             .examples = {{"lifeboat phone info", ""}},
             .exits = {Exit::no_phone}}};
}

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
            "each is replaced by one without the lost files, with the tag \"repaired\".",
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
                  {.name = "--leave-out-lost",
                   .value = "",
                   .help = "Replace backups that miss files by ones without these files"}},
        .examples = {{"lifeboat place repair ssd", "with all other places as sources"},
                     {"lifeboat place repair ssd --dry-run", "only say what would be done"}},
        .exits = place_exits_and({Exit::damaged, Exit::no_space}),
        .takes_long = true};
}

std::vector<Command> place_commands() {
    return {
        {.name = "place add",
         .summary = "Add a destination for copies",
         .description =
             "Makes an encrypted repository in the folder (or takes over the one that is there) "
             "and remembers it under NAME. Every further place becomes another copy of the same "
             "repository, with the same password.\n\n"
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

Command snapshot_copy() {
    return {
        .name = "snapshot copy",
        .summary = "Copy backups into another repository, or out of one",
        .description =
            "Takes backups over into a repository with another password, made by Lifeboat or by "
            "restic, without reading the phone. What is there already is not copied, and a copy "
            "names its original, so that neither program copies it twice.\n\n"
            "Each of --from and --to is one of your places or a folder that holds a repository; "
            "a folder's own password is asked for, or comes from a file. Your places are copies "
            "of one repository and need no such copy: `lifeboat backup` brings them level.\n\n"
            "Without SNAPSHOT all finished backups are copied. A copy that was cut off goes on "
            "where it was: run the same command again.",
        .arguments = {{.name = "SNAPSHOT",
                       .help = "\"latest\" or the first digits of an id",
                       .many = true,
                       .completes = Completes::snapshot}},
        .flags = {{.name = "--from",
                   .value = "PLACE",
                   .help = "A place, or a folder with a repository",
                   .completes = Completes::place},
                  {.name = "--to",
                   .value = "PLACE",
                   .help = "A place, or a folder with a repository",
                   .completes = Completes::place},
                  {.name = "--from-password-file",
                   .value = "FILE",
                   .help = "Its first line is the password of the folder --from"},
                  {.name = "--to-password-file",
                   .value = "FILE",
                   .help = "Its first line is the password of the folder --to"}},
        .examples = {{"lifeboat snapshot copy --from ssd --to /mnt/old/restic", "all backups"},
                     {"lifeboat snapshot copy latest --from /mnt/old/restic --to ssd", "the last"}},
        .exits = place_exits_and({Exit::damaged, Exit::no_space}),
        .takes_long = true};
}

std::vector<Command> snapshot_commands() {
    return {{.name = "snapshot list",
             .summary = "All backups, and in which places each one is",
             .description = "Newest last. An interrupted run is marked and is no backup: it only "
                            "saves the next run from copying again.",
             .flags = {place_flag(),
                       {.name = "--all",
                        .value = "",
                        .help = "Interrupted runs too, which are no backups"}},
             .examples = {{"lifeboat snapshot list", ""}},
             .exits = place_exits()},
            {.name = "snapshot show",
             .summary = "One backup: phone, date, counts, what could not be read",
             .description = "Without SNAPSHOT the newest backup.",
             .arguments = {snapshot_argument()},
             .flags = {place_flag()},
             .examples = {{"lifeboat snapshot show latest", ""}},
             .exits = place_exits_and({Exit::damaged})},
            {.name = "snapshot diff",
             .summary = "What is different between two backups",
             .description = "Compares by SHA-256 where both backups have it, else by size and "
                            "date.",
             .arguments = {{.name = "FROM",
                            .help = "The older backup",
                            .required = true,
                            .completes = Completes::snapshot},
                           {.name = "TO",
                            .help = "The newer one; the newest when left out",
                            .completes = Completes::snapshot}},
             .flags = {place_flag()},
             .examples = {{"lifeboat snapshot diff 4bba301e latest", ""}},
             .exits = place_exits_and({Exit::damaged})},
            snapshot_copy()};
}

std::vector<Command> browse_commands() {
    return {
        {.name = "ls",
         .summary = "List the files of a backup",
         .description = "A folder's children with size and date; --recursive everything below.",
         .arguments = {snapshot_argument(),
                       {.name = "PATH", .help = "A folder or file of the backup"}},
         .flags =
             {{.name = "--recursive", .letter = "-r", .value = "", .help = "Everything below, too"},
              place_flag()},
         .examples = {{"lifeboat ls latest sdcard/DCIM", ""}},
         .exits = place_exits_and({Exit::damaged}),
         .takes_long = true},
        {.name = "find",
         .summary = "Find files in all backups, by name, date, size or content",
         .description = "PATTERN is a file name with * and ? for any characters, case ignored; "
                        "with a slash it is matched against the whole path. A word without * "
                        "and ? is found anywhere in a name. What is given must all fit; of "
                        "several patterns one.\n\n"
                        "--content finds files by the SHA-256 of what is in them, under whatever "
                        "name (all files of our own backups, files of one piece of others), and "
                        "files that hold the piece with this id.",
         .arguments = {{.name = "PATTERN", .help = "\"*.jpg\", \"IMG_2026*\"", .many = true}},
         .flags = {{.name = "--snapshot",
                    .value = "SNAPSHOT",
                    .help = "Look in this backup only",
                    .completes = Completes::snapshot},
                   {.name = "--newer",
                    .value = "DATE",
                    .help = "Changed on this day or later: 2026-11-25"},
                   {.name = "--older", .value = "DATE", .help = "Changed before this day"},
                   {.name = "--larger", .value = "SIZE", .help = "Above this size: 500k, 25M, 1G"},
                   {.name = "--smaller", .value = "SIZE", .help = "Below this size"},
                   {.name = "--content",
                    .value = "SHA256",
                    .help = "Holding this; `sha256sum FILE` prints it"},
                   place_flag()},
         .examples = {{"lifeboat find \"IMG_2041*\"", ""},
                      {"lifeboat find --snapshot latest \"*.pdf\"", ""},
                      {"lifeboat find --newer 2026-11-01 --larger 100M", ""}},
         .exits = place_exits_and({Exit::damaged}),
         .takes_long = true}};
}

Command mount() {
    return {
        .name = "mount",
        .summary = "Show all backups as a folder, to look around and copy out",
        .description =
            "Shows the backups of the first place that opens as a read-only file system in FOLDER, "
            "until Ctrl-C, or `fusermount3 -u FOLDER` from elsewhere. Below it are PHONE/DATE and "
            "PHONE/latest, HOST/DATE for what other programs backed up, and ids/ID for every one. "
            "New backups appear by themselves.\n\n"
            "Files are read when they are opened, piece by piece, and each piece is proven by its "
            "hash: a damaged one gives an error, never wrong bytes. Deleting old backups waits "
            "until the end. FOLDER is made when it is not there; without it a folder for the "
            "purpose is used. It needs FUSE 3 (package fuse3).",
        .arguments = {{.name = "FOLDER",
                       .help = "An empty folder",
                       .completes = Completes::folder}},
        .flags = {place_flag()},
        .examples = {{"lifeboat mount ~/backups", "look around with any program"},
                     {"lifeboat mount --place nas ~/backups", "from this place"}},
        .exits = place_exits(),
        .takes_long = true};
}

Command stats() {
    return {
        .name = "stats",
        .summary = "What the backups take, and what they share",
        .description =
            "For each place: the files of all backups, what is stored of them, what compression "
            "and sharing save, packs and index, and what prune could free. For each backup: its "
            "files by kind, and what only this one needs.\n\n"
            "--mode gives one figure as `restic stats` counts it: restore-size (what a restore "
            "writes), files-by-contents (files that differ), raw-data (stored pieces), "
            "blobs-per-file (pieces by path).",
        .arguments = {{.name = "SNAPSHOT",
                       .help = "This backup only; all when left out",
                       .completes = Completes::snapshot}},
        .flags = {{.name = "--mode",
                   .value = "MODE",
                   .help = "restore-size, files-by-contents, raw-data or blobs-per-file",
                   .completes = Completes::choice,
                   .choices = {"restore-size", "files-by-contents", "raw-data", "blobs-per-file"}},
                  place_flag()},
        .examples = {{"lifeboat stats", "all places"},
                     {"lifeboat stats latest --mode restore-size", "as restic counts it"}},
        .exits = place_exits_and({Exit::damaged}),
        .takes_long = true};
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

void append(std::vector<Command>& to, std::vector<Command> more) {
    std::ranges::move(more, std::back_inserter(to));
}

std::vector<Command> all_commands() {
    std::vector<Command> all{ready(), audit(), restore(), backup(), verify()};
    append(all, phone_commands());
    append(all, place_commands());
    append(all, snapshot_commands());
    append(all, forget_commands());
    append(all, browse_commands());
    all.push_back(mount());
    all.push_back(stats());
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
    Group{"phone", "The phones that are plugged in"}, Group{"place", "Destinations for copies"},
    Group{"snapshot", "Backups that were made"}, Group{"key", "Passwords that open the places"},
    Group{"config", "Settings"}};

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
