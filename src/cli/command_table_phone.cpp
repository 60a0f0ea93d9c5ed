#include "cli/command_parts.h"

namespace lifeboat::cli {
namespace {

using app::Exit;

Command phone_encryption() {
    return {
        .name = "phone encryption",
        .summary = "Switch the encryption of an iPhone's backups on, off, or change its password",
        .description =
            "Only an encrypted backup holds Health, the call history and saved passwords: a GO "
            "needs it. The password is the iPhone's own, for the backups of every program on every "
            "computer; whoever loses it loses them. It is asked for twice, or comes from "
            "--new-password-file or --new-password-command, and the iPhone is asked afterwards "
            "whether it took it. The old one comes from --phone-password-file, "
            "--phone-password-command or a question.\n\n"
            "The iPhone asks for its passcode.",
        .arguments = {{.name = "ACTION",
                       .help = "on, off or change",
                       .required = true,
                       .completes = Completes::choice,
                       .choices = {"on", "off", "change"}},
                      phone_argument()},
        .flags = new_password_flags(),
        .examples = {{"lifeboat phone encryption on", "asks for the new password"},
                     {"lifeboat phone encryption change", "asks for the old and the new one"}},
        .exits = {Exit::no_phone}};
}

Command phone_restore() {
    return {
        .name = "phone restore",
        .summary = "Put a whole backup onto an iPhone",
        .description =
            "Messages, settings, app data and photos: the iPhone restores itself from the backup, "
            "restarts, and fetches its apps from the App Store. What is on it now is replaced.\n\n"
            "Before anything is sent, Lifeboat looks whether it can work: Find My is off, the iOS "
            "of the iPhone is not older than the backup's, there is room, the backup is finished, "
            "and the password of an encrypted one is there (--phone-password-file). --dry-run "
            "does only that.\n\n"
            "Single files come back with `lifeboat restore`.",
        .arguments = {{.name = "SNAPSHOT",
                       .help = "Which backup: the newest of this iPhone unless given",
                       .completes = Completes::snapshot}},
        .flags = {{.name = "--phone",
                   .value = "PHONE",
                   .help = "Which iPhone, when several are there",
                   .completes = Completes::phone},
                  {.name = "--keep-settings",
                   .value = "",
                   .help = "Leave the iPhone's present settings and home screen"},
                  {.name = "--remove-others",
                   .value = "",
                   .help = "Remove from the iPhone what is not in the backup"},
                  place_flag()},
        .examples = {{"lifeboat phone restore --dry-run", "would it work?"},
                     {"lifeboat phone restore latest", ""}},
        .exits = place_exits_and({Exit::damaged, Exit::no_phone, Exit::no_space}),
        .takes_long = true};
}

Command phone_wifi() {
    return {
        .name = "phone wifi",
        .summary = "Use an Android phone over the network, without adb",
        .description =
            "On the phone: Settings, Developer options, Wireless debugging (Android 11 and newer). "
            "The first time, run this with --qr and choose \"Pair device with QR code\" there: "
            "point the phone at the picture in the terminal. Or choose \"Pair device with pairing "
            "code\": it shows six digits and an address, for --pair; Lifeboat asks for the "
            "digits. Older phones listen after `adb tcpip 5555`, and ask \"Allow USB "
            "debugging?\": give their HOST:PORT.\n\n"
            "The phone is remembered: `lifeboat phone list` shows it, and every command can use "
            "it. Its port changes whenever wireless debugging is switched on; it is then asked "
            "for in the network by its name, and followed to another port of the same address. "
            "The key is that of the user's adb (~/.android/adbkey) where there is one, else "
            "Lifeboat's own.\n\n"
            "Without HOST:PORT and flags it lists the phones that say, by multicast DNS, that "
            "they are there. Anybody in the network can say such a thing: nothing of it is "
            "checked. A known phone that says that it has another address is used there only when "
            "you give that address.",
        .arguments = {{.name = "HOST:PORT", .help = "Where the phone listens"}},
        .flags = {{.name = "--qr",
                   .value = "",
                   .help = "Show a picture that the phone reads, and pair with it"},
                  {.name = "--qr-file",
                   .value = "FILE",
                   .help = "The same, with the picture in a new SVG file, which is removed again",
                   .completes = Completes::file},
                  {.name = "--wait",
                   .value = "SECONDS",
                   .help = "How long to wait for a phone to read it, 120 unless given"},
                  {.name = "--pair",
                   .value = "HOST:PORT",
                   .help = "Where it listens while it shows a pairing code"},
                  {.name = "--forget", .value = "", .help = "Do not use the phone there any more"}},
        .examples = {{"lifeboat phone wifi", "which phones say that they are there"},
                     {"lifeboat phone wifi --qr", "the first time"},
                     {"lifeboat phone wifi --pair 192.168.1.7:41099", "the same by six digits"},
                     {"lifeboat phone wifi 192.168.1.8:40833", "its address has changed"}},
        .exits = {Exit::no_phone}};
}

Command phone_cloud_backup() {
    return {
        .name = "phone cloud-backup",
        .summary = "Ask an Android phone to store its apps' data with Google now",
        .description =
            "The same as \"Back up now\" in the phone's settings. It runs on Wi-Fi, and may take "
            "some minutes. Then each app is named for what it is: took part, stored nothing, "
            "refused, too large. Android calls nearly all of them a success.\n\n"
            "Nobody can read back what is in Google's cloud, so nothing of it counts as a copy. "
            "Google erases it when the phone was not used for 57 days, and does not bring it back "
            "onto an older Android. Lifeboat changes no setting of the phone's backup.",
        .arguments = {phone_argument()},
        .examples = {{"lifeboat phone cloud-backup", "the one phone that is plugged in"}},
        .exits = {Exit::partly, Exit::no_phone},
        .takes_long = true};
}

Command phone_space() {
    return {
        .name = "phone space",
        .summary = "What could go from an Android phone to make room for an update",
        .description =
            "Looks for files that are on the phone twice, large videos, old screenshots and old "
            "downloads. A file is proposed only when two places just gave it back and the phone "
            "itself has the same content: others are listed as not proven.\n\n"
            "Lifeboat deletes nothing on a phone. It says what you can remove there, and the next "
            "run says how much room that made.",
        .arguments = {phone_argument()},
        .flags = {{.name = "--larger",
                   .value = "SIZE",
                   .help = "Videos from this size on, 1G unless given"},
                  {.name = "--days",
                   .value = "DAYS",
                   .help = "Screenshots and downloads older than this, 90 unless given"},
                  place_flag()},
        .examples = {{"lifeboat phone space", ""},
                     {"lifeboat phone space --larger 200M --days 30", ""}},
        .exits = place_exits_and({Exit::no_phone}),
        .takes_long = true};
}

}  // namespace

std::vector<Command> phone_commands() {
    return {
        {.name = "phone list",
         .summary = "Which phones are there, and what each one needs",
         .description =
             "Every Android phone that the adb server sees or that `lifeboat phone wifi` "
             "made known, and every iPhone that "
             "the usbmux daemon sees. One that is not ready comes with the one "
             "thing to do about it.",
         .examples = {{"lifeboat phone list", ""}}},
        {.name = "phone info",
         .summary = "What can be read from the phone now",
         .description = "Model, version and every fact the checks look at: battery, network, "
                        "free space. A fact the phone does not tell is shown as unknown, with "
                        "the reason.",
         .arguments = {phone_argument()},
         .examples = {{"lifeboat phone info", ""}},
         .exits = {Exit::no_phone}},
        phone_wifi(),
        {.name = "phone pair",
         .summary = "Make an iPhone trust this computer",
         .description =
             "Unlock the iPhone first. It asks \"Trust This Computer?\": tap \"Trust\" and enter "
             "its passcode. Lifeboat waits, and says what the iPhone waits for. The pairing is "
             "the computer's: Finder's helpers, libimobiledevice and Lifeboat share it.\n\n"
             "Android phones ask about USB debugging by themselves; in the network they are paired "
             "by `lifeboat phone wifi`.",
         .arguments = {phone_argument()},
         .flags = {{.name = "--wait",
                    .value = "SECONDS",
                    .help = "How long to wait for the person, 120 unless given"}},
         .examples = {{"lifeboat phone pair", "the one iPhone that is plugged in"}},
         .exits = {Exit::no_phone}},
        {.name = "phone forget",
         .summary = "End the pairing of an iPhone with this computer",
         .description = "The iPhone forgets this computer, and this computer the iPhone, for "
                        "all programs. Backups stay as they are. `lifeboat phone pair` pairs "
                        "again.",
         .arguments = {phone_argument()},
         .examples = {{"lifeboat phone forget", ""}},
         .exits = {Exit::no_phone}},
        phone_encryption(),
        phone_restore(),
        phone_cloud_backup(),
        phone_space()};
}

std::vector<Command> update_commands() {
    return {{.name = "update watch",
             .summary = "Stay beside an iPhone's update: what happens, what to do if it fails",
             .description =
                 "Start it, then the update, and leave the cable in. Each change is told with the "
                 "time: the iPhone runs, restarts, is in recovery mode or in DFU; what that means, "
                 "what is lost, what to do next and what never. Nothing is sent to the phone but "
                 "the question which system it has.\n\n"
                 "It ends when the iPhone is back with another system (then: `lifeboat audit`), "
                 "with Ctrl-C, or after --timeout with exit code 13. An iPhone that is in "
                 "recovery mode already can be watched as well, and by its serial number one that "
                 "restarts just now.",
             .arguments = {phone_argument()},
             .flags = {{.name = "--timeout",
                        .value = "SECONDS",
                        .help = "How long to watch; until the iPhone is back unless given"}},
             .examples = {{"lifeboat update watch", "the one iPhone that is plugged in"}},
             .exits = {Exit::no_phone},
             .takes_long = true}};
}

}  // namespace lifeboat::cli
