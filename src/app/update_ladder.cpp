#include "app/update_ladder.h"

#include "base/text.h"

#include <fmt/format.h>

namespace lifeboat::app {
namespace {

// Behind the word "Never".
constexpr std::string_view keep_it_plugged_in =
    "Unplug it, or force it to restart, while a bar or the Apple logo moves: that is how an update "
    "breaks.";
constexpr std::string_view no_erase =
    "\"Restore\", or a tool's erase option (-e), before an update was tried: "
    "both delete everything on the phone.";

std::string system_of(const UpdateStep& step) {
    const std::string version = printable(step.version);
    return step.build.empty() ? version : fmt::format("{} ({})", version, printable(step.build));
}

UpdatePage normal(const UpdateStep& step) {
    const std::string system = system_of(step);
    if (step.updated) {
        return {.title = fmt::format("The iPhone is back, with iOS {}.", system),
                .meaning = "The update is done.",
                .lost = "Whether anything was lost, the audit says.",
                .next = "Unlock it once with its passcode, then: lifeboat audit"};
    }
    if (step.back) {
        return {.title = fmt::format("The iPhone is back, with iOS {} as before.", system),
                .meaning = "It restarted, but nothing was installed.",
                .lost = "Nothing is lost.",
                .next = "Start the update again. An iPhone with little free space refuses it."};
    }
    return {.title = fmt::format("The iPhone runs iOS {}.", system),
            .meaning = "Nothing happened to it yet.",
            .lost = "Nothing is lost.",
            .next = "With a GO of `lifeboat ready`, start the update now. Leave the cable in.",
            .never = {}};
}

UpdatePage starting() {
    return {.title = "The iPhone is connected, and does not answer yet.",
            .meaning = "It starts, or it installs: both take minutes.",
            .lost = "Nothing is lost as far as this shows.",
            .next = "Wait. A phone that asks for its passcode wants to be unlocked.",
            .never = keep_it_plugged_in};
}

UpdatePage gone() {
    return {.title = "The iPhone is gone from USB.",
            .meaning = "It restarts: that is part of every update, several times, for minutes.",
            .lost = "Nothing is lost as far as this shows.",
            .next = "Wait. If its screen shows that it runs, look after the cable.",
            .never = keep_it_plugged_in};
}

UpdatePage silent() {
    return {.title = "No sign of life from the iPhone for 15 minutes.",
            .meaning = "It may be frozen, or only unplugged, or still busy: its screen tells.",
            .lost = "Nothing is lost as far as this shows.",
            .next =
                "If a bar on its screen still moves, wait on. If nothing moved for 15 minutes: "
                "press volume up, press volume down, then hold the side button until the "
                "Apple logo comes (iPhone 8 and later).",
            .never = no_erase};
}

UpdatePage recovery() {
    return {.title = "The iPhone is in recovery mode.",
            .meaning = "Its system did not start, and it waits for a computer.",
            .lost = "Nothing is erased by this; nothing on it can be read now.",
            .next =
                "First try to leave it: `irecovery -n` restarts the phone and loses nothing. "
                "If it comes back here, install the newest iOS over the old one: \"Update\" in "
                "Finder or Apple Devices, or `idevicerestore --latest`. That keeps the data "
                "and needs the internet. If that fails as well: docs/when-an-update-fails.md.",
            .never = no_erase};
}

UpdatePage dfu() {
    return {.title = "The iPhone is in DFU mode: its screen is black.",
            .meaning = "Not even recovery mode started; the chip waits for a system.",
            .lost = "Nothing is erased by this; nothing on it can be read now.",
            .next =
                "First try a forced restart: press volume up, press volume down, then hold the "
                "side button for 10 seconds or more. If it stays black, install the newest iOS "
                "over the old one: `idevicerestore --latest`, which keeps the data, or "
                "\"Update\" where Finder or Apple Devices offers it.",
            .never = no_erase};
}

}  // namespace

UpdatePage page_of(const UpdateStep& step) {
    if (step.silent) return silent();
    switch (step.mode) {
        case UpdateMode::normal:
            return normal(step);
        case UpdateMode::starting:
            return starting();
        case UpdateMode::gone:
            break;
        case UpdateMode::recovery:
            return recovery();
        case UpdateMode::dfu:
            return dfu();
    }
    return gone();
}

}  // namespace lifeboat::app
