#include "cli/error_codes.h"

#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

namespace lifeboat::cli {
namespace {

using app::FailureKind;

const std::vector<ErrorCode>& catalogue() {
    static const std::vector<ErrorCode> all{
        {FailureKind::usage, "LB-1001", "The command line or the configuration is wrong",
         "Nothing was done.", "Read `lifeboat help`, correct it and try again."},
        {FailureKind::needs_person, "LB-1002", "Something only a person can do is missing",
         "Nothing was changed.", "Do what the message says and run the same command again."},
        {FailureKind::no_repository, "LB-2101", "There is no repository in the place",
         "Nothing was written there.",
         "Is the right disk plugged in and mounted? A new place is made by `lifeboat place add`."},
        {FailureKind::locked, "LB-2102", "Another run holds the repository",
         "Finished backups can be read; nothing was changed.",
         "Wait until the other run ends, then run the same command again."},
        {FailureKind::wrong_password, "LB-2103", "The password does not open the place",
         "The copies are untouched.",
         "Try again. Check for caps lock, and which file or program the password comes from: "
         "`lifeboat config explain password_file`."},
        {FailureKind::wrong_phone_password, "LB-2108",
         "The password does not open the iPhone's backup", "The backup is untouched.",
         "It is the password that was set on the iPhone for its backups when this one was made, "
         "not that of the places; after a change, earlier backups open with the old one only: "
         "`lifeboat config explain phone_password_file`. --as-stored needs none."},
        {FailureKind::damaged, "LB-2104", "Something stored is not what it was",
         "Nothing was written. Other places may hold the same backup undamaged.",
         "`lifeboat verify --deep` names what is affected in each place."},
        {FailureKind::no_space, "LB-2105", "There is not enough room",
         "Finished backups stay as they are.",
         "Make room, or use another place with --place, and run the same command again."},
        {FailureKind::unreachable, "LB-2106", "A place does not answer",
         "What is in it is not touched.",
         "Plug it in or connect it; `lifeboat place test` tells when it works again."},
        {FailureKind::missing, "LB-2107", "What was asked for is not there", "Nothing was changed.",
         "`lifeboat snapshot list` and `lifeboat ls` show what there is."},
        {FailureKind::no_phone, "LB-3101", "No phone can be used now",
         "Nothing was done on any phone.",
         "`lifeboat phone list` shows what each phone needs; `lifeboat doctor` looks further."},
        {FailureKind::phone_gone, "LB-3102", "The phone went away in the middle",
         "What was copied so far is kept, and is not copied again.",
         "Plug it in again, unlock it, and run the same command."},
        {FailureKind::phone_garbled, "LB-3103",
         "The phone, or something on the wire, says what no phone says",
         "Nothing of it was believed. Finished backups are untouched.",
         "Plug the phone in again, by another cable if you have one; restart it if that does not "
         "help. `lifeboat doctor` looks further."},
        {FailureKind::denied, "LB-4101", "The system refuses access", "Nothing was changed.",
         "Check who may read and write there."},
        {FailureKind::temporary, "LB-4102", "Something failed that may work again",
         "What was copied so far is kept.", "Run the same command again."},
        {FailureKind::unsupported, "LB-4103", "This version cannot do that", "Nothing was changed.",
         "`lifeboat version` tells which version this is."},
        {FailureKind::interrupted, "LB-5101", "Interrupted", "Finished backups are untouched.",
         "Run the same command to go on."},
        {FailureKind::terminated, "LB-5102", "Ended from outside",
         "Finished backups are untouched.", "Run the same command to go on."},
        {FailureKind::internal, "LB-9001", "A fault of this program",
         "Finished backups are untouched.", "Please report it with the command and this text."},
    };
    return all;
}

std::string labelled(const Style& style, std::string_view label, const std::string& text) {
    return fmt::format("\n  {} {}", style.paint(Tone::muted, label), text);
}

}  // namespace

const ErrorCode& error_code(FailureKind kind) {
    const auto found = std::ranges::find(catalogue(), kind, &ErrorCode::kind);
    return found == catalogue().end() ? catalogue().back() : *found;
}

std::string guidance_for(const app::Failure& failure) {
    return failure.guidance.empty() ? error_code(failure.kind).now : failure.guidance;
}

std::string error_text(const app::Failure& failure, const Style& style) {
    const ErrorCode& code = error_code(failure.kind);
    std::string text = style.paint(Tone::bad, fmt::format("error[{}]:", code.code)) + " " +
                       printable(failure.message);
    for (const std::string& line : failure.context) {
        text += labelled(style, "while", printable(line));
    }
    text += labelled(style, "safe: ", code.safe);
    text += labelled(style, "now:  ", printable(guidance_for(failure)));
    return text;
}

std::string errors_markdown() {
    std::string out =
        "# Errors\n\n"
        "Made from the catalogue by a test that compares; the codes are stable. The message on the "
        "screen says more than this table: which file, which place, which phone.\n\n"
        "| code | what happened | exit code | what is still safe | what to do |\n"
        "|---|---|---|---|---|\n";
    for (const ErrorCode& code : catalogue()) {
        out += fmt::format("| {} | {} | {} | {} | {} |\n", code.code, code.title,
                           app::number(app::exit_of(code.kind)), code.safe, code.now);
    }
    return out;
}

}  // namespace lifeboat::cli
