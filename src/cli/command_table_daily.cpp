#include "cli/command_parts.h"

namespace lifeboat::cli {
namespace {

using app::Exit;

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
                  {.name = "--accept-cloud-only",
                   .value = "REASON",
                   .help = "Allow GO although some originals are only in iCloud"},
                  {.name = "--deep",
                   .value = "",
                   .help = "Of an iPhone: decrypt and compare every file, not a sample"},
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
                "An iPhone is backed up once more for this, and the two backups are compared: "
                "messages, contacts, calls, notes and the like by their identities, photos by "
                "their bytes. Exit code 3: something could not be compared.\n\n"
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
            .exits = place_exits_and({Exit::partly, Exit::loss, Exit::no_phone, Exit::no_space}),
            .takes_long = true};
}

Command restore() {
    return {.name = "restore",
            .summary = "Bring files back, into a folder or onto the phone",
            .description =
                "Writes the files of a backup into a folder (--to) or onto the phone "
                "(--onto-phone), with their dates; each is read back and compared. Without PATH "
                "everything comes back: onto an Android phone also its messages, contacts, calls, "
                "calendars and apps, each read back and compared, and none of them twice.\n\n"
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
                      as_stored_flag(),
                      app_backup_password_flag(),
                      {.name = "--missing",
                       .value = "",
                       .help = "Only what the last audit found lost or damaged"},
                      {.name = "--records",
                       .value = "CLASS",
                       .help = "Onto an Android phone: these records only (contacts, messages, "
                               "calls, calendar, dictionary, apps, settings ...; or all)",
                       .many = true},
                      {.name = "--no-records",
                       .value = "",
                       .help = "Onto an Android phone: files only"},
                      {.name = "--messages-by-agent",
                       .value = "",
                       .help = "Onto an Android phone: messages by its own backup agent from the "
                               "start (one tap on the phone; no pictures)"},
                      {.name = "--overwrite",
                       .value = "",
                       .help = "Replace different files that are in the way"},
                      place_flag()},
            .examples = {{"lifeboat restore latest DCIM/Camera --to ~/photos", "one folder"},
                         {"lifeboat restore --onto-phone --missing",
                          "put back what the last audit missed"},
                         {"lifeboat restore --onto-phone --records contacts,messages",
                          "these two, and no files"},
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
                       .help = "Write into the first place only"},
                      {.name = "--deep",
                       .value = "",
                       .help = "Of an iPhone: decrypt and compare every file, not a sample"},
                      {.name = "--legacy-ab",
                       .value = "",
                       .help = "Of an Android phone: the data that its apps give, after a tap"},
                      {.name = "--app",
                       .value = "PACKAGE",
                       .help = "With --legacy-ab: ask for this app only; several times",
                       .many = true},
                      app_backup_password_flag()},
            .examples = {{"lifeboat backup", "the one phone that is there, all places"},
                         {"lifeboat backup --legacy-ab", "and the data that its apps give"}},
            .exits = place_exits_and({Exit::partly, Exit::no_phone, Exit::no_space}),
            .takes_long = true};
}

Command attest() {
    return {.name = "attest",
            .summary = "Write down what only you can know, such as what Google Photos shows",
            .description =
                "Some rows of the verdict no program may look at. Look there yourself, and say "
                "what you saw: it is kept with its time in the evidence log of this computer, for "
                "this phone, and shown as your word for 24 hours. It is never shown as proof, and "
                "no row that a program can read takes it.\n\n"
                "Rows that take your word: R-109 iCloud storage, R-204 Google Photos.",
            .arguments = {{.name = "ID", .help = "The row, as R-204", .required = true},
                          phone_argument()},
            .flags = {{.name = "--note", .value = "TEXT", .help = "What you saw, in one line"},
                      {.name = "--withdraw", .value = "", .help = "Take your last word back"}},
            .examples = {{"lifeboat attest R-204 --note \"backup is on, all items backed up\"",
                          "Google Photos, looked at just now"}},
            .exits = {Exit::no_phone}};
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

}  // namespace

std::vector<Command> daily_commands() {
    return {ready(), audit(), restore(), backup(), verify(), attest()};
}

}  // namespace lifeboat::cli
