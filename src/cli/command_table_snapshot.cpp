#include "cli/command_parts.h"

namespace lifeboat::cli {
namespace {

using app::Exit;

Command snapshot_export() {
    return {.name = "snapshot export",
            .summary = "An iPhone's backup as the folder that Finder and iTunes know",
            .description =
                "Writes the backup into DIR as the phone gave it, in a folder named after the "
                "phone: what Finder, Apple Devices and `idevicebackup2 restore` take. It stays "
                "encrypted under the password of the iPhone's backups. Each file is read back "
                "and compared; a different file that is in the way is never replaced.",
            .arguments = {{.name = "DIR",
                           .help = "The folder to write into",
                           .required = true,
                           .completes = Completes::folder},
                          snapshot_argument()},
            .flags = {place_flag()},
            .examples = {{"lifeboat snapshot export ~/MobileSync/Backup", ""}},
            .exits = place_exits_and({Exit::partly, Exit::damaged, Exit::no_space}),
            .takes_long = true};
}

Command snapshot_import() {
    return {
        .name = "snapshot import",
        .summary = "Take in a backup that another program made",
        .description =
            "Copies it into the places, with its own date; what is named stays as it is.\n\n"
            "The folder of an iPhone's backup, made by Finder, iTunes or idevicebackup2: with "
            "the password of the iPhone's backups every file is decrypted and compared with "
            "the backup's own list first. A backup that is not whole is refused and its "
            "broken files are named.\n\n"
            "A file that `adb backup` made: it is read to its end first, and its apps are "
            "listed. An encrypted one needs --ab-password-file to be read.\n\n"
            "A folder that Samsung Smart Switch or Clone Phone left: every file is kept. What "
            "can be opened is, what is missing or failed is named; the rest is sealed by its "
            "maker, and nobody here can say whether it is any good.\n\n"
            "Exit code 3: taken in, but not all of it could be opened.",
        .arguments = {{.name = "PATH",
                       .help = "The folder, the one above it, or the file",
                       .required = true,
                       .completes = Completes::file}},
        .flags = {app_backup_password_flag(),
                  place_flag(),
                  {.name = "--no-replicate",
                   .value = "",
                   .help = "Write into the first place only"}},
        .examples = {{"lifeboat snapshot import ~/Backup/00008101-000A11112222801E", "an iPhone's"},
                     {"lifeboat snapshot import ~/old-phone.ab", "what adb backup made"},
                     {"lifeboat snapshot import ~/SmartSwitch/SM-S926B_20261124214902",
                      "a maker's own"}},
        .exits = place_exits_and({Exit::partly, Exit::damaged, Exit::no_space}),
        .takes_long = true};
}

Command snapshot_apps() {
    return {
        .name = "snapshot apps",
        .summary = "The apps in an Android backup file, and what each of them gave",
        .description =
            "Reads the file to its end and lists its apps. Without FILE it is the one that "
            "`backup --legacy-ab` or `snapshot import` put into a backup. Exit code 3: it is "
            "encrypted and its password was not given, it has nothing in it, or not all of it can "
            "come back.\n\n"
            "--onto-phone offers the apps on an Android phone their data, by `adb restore`: what "
            "they have there is replaced, and somebody has to tap \"Restore my data\" on the "
            "phone. Apps that cannot take it are named first. The phone never tells whether an "
            "app took anything: open it and look. Messages come back better by `lifeboat "
            "restore --onto-phone --records messages`, which reads them back.",
        .arguments = {{.name = "FILE",
                       .help = "A file of this computer, or a backup: \"latest\" or an id",
                       .completes = Completes::file}},
        .flags = {app_backup_password_flag(),
                  {.name = "--to",
                   .value = "DIR",
                   .help = "Write the files of the apps into this folder",
                   .completes = Completes::folder},
                  {.name = "--onto-phone",
                   .value = "",
                   .help = "Offer the apps on the phone that is plugged in their data"},
                  {.name = "--app",
                   .value = "PACKAGE",
                   .help = "With --onto-phone: this app only; several times",
                   .many = true},
                  {.name = "--phone",
                   .value = "PHONE",
                   .help = "Which phone, when several are there",
                   .completes = Completes::phone},
                  place_flag()},
        .examples = {{"lifeboat snapshot apps ~/old-phone.ab", "what is in it?"},
                     {"lifeboat snapshot apps latest --to ~/apps", "take it out"},
                     {"lifeboat snapshot apps latest --onto-phone --app org.example.notes "
                      "--dry-run",
                      "could this app get it back?"}},
        .exits = place_exits_and({Exit::partly, Exit::damaged, Exit::no_phone}),
        .takes_long = true};
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

Command mount() {
    return {
        .name = "mount",
        .summary = "Show all backups as a folder, to look around and copy out",
        .description =
            "Shows the backups of the first place that opens as a read-only file system in FOLDER, "
            "until Ctrl-C, or `fusermount3 -u FOLDER` from elsewhere. Below it are PHONE/DATE and "
            "PHONE/latest, HOST/DATE for what other programs backed up, and ids/ID for every one. "
            "New backups appear by themselves.\n\n"
            "An iPhone's backup appears by the phone's own names, decrypted on the way: "
            "CameraRollDomain/Media/DCIM, HomeDomain/Library/SMS. The password of its backups is "
            "asked for before anything is mounted; when nobody knows it, they appear as they are "
            "stored. What an Android phone's apps gave is below apps/PACKAGE, beside its other "
            "files.\n\n"
            "Files are read when they are opened, piece by piece, and each piece is proven by its "
            "hash: a damaged one gives an error, never wrong bytes. Deleting old backups waits "
            "until the end. FOLDER is made when it is not there; without it a folder for the "
            "purpose is used. It needs FUSE 3 (package fuse3).",
        .arguments = {{.name = "FOLDER",
                       .help = "An empty folder",
                       .completes = Completes::folder}},
        .flags = {place_flag(), as_stored_flag(), app_backup_password_flag()},
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

}  // namespace

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
            snapshot_copy(),
            snapshot_export(),
            snapshot_import(),
            snapshot_apps()};
}

std::vector<Command> browse_commands() {
    return {
        {.name = "ls",
         .summary = "List the files of a backup",
         .description = "A folder's children with size and date; --recursive everything below. "
                        "What an Android "
                        "phone's apps gave is below \"apps\", as the files it is.",
         .arguments = {snapshot_argument(),
                       {.name = "PATH", .help = "A folder or file of the backup"}},
         .flags =
             {{.name = "--recursive", .letter = "-r", .value = "", .help = "Everything below, too"},
              as_stored_flag(),
              app_backup_password_flag(),
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
                        "files that hold the piece with this id.\n\n"
                        "A backup that is damaged is named and passed over. Exit code 3: at least "
                        "one was.",
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
                   as_stored_flag(),
                   app_backup_password_flag(),
                   place_flag()},
         .examples = {{"lifeboat find \"IMG_2041*\"", ""},
                      {"lifeboat find --snapshot latest \"*.pdf\"", ""},
                      {"lifeboat find --newer 2026-11-01 --larger 100M", ""}},
         .exits = place_exits_and({Exit::partly, Exit::damaged}),
         .takes_long = true}};
}

std::vector<Command> look_commands() {
    return {mount(), stats()};
}

}  // namespace lifeboat::cli
