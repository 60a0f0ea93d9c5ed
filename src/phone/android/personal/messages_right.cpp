#include "phone/android/personal/messages_right.h"

#include "base/error.h"
#include "base/text.h"

#include <fmt/format.h>

#include <utility>

namespace lifeboat::phone::android {
namespace {

constexpr std::string_view usual = "default";
constexpr std::string_view allowed = "allow";

}  // namespace

std::string app_op_mode(std::string_view answer) {
    constexpr std::string_view name = "WRITE_SMS: ";
    for (const std::string_view line : lines(answer)) {
        std::string_view rest = trim(line);
        if (rest.starts_with("Uid mode: ")) continue;
        if (!rest.starts_with(name)) continue;
        rest.remove_prefix(name.size());
        return std::string(trim(rest.substr(0, rest.find_first_of("; "))));
    }
    return std::string(usual);
}

MessagesRight::~MessagesRight() {
    if (before_.empty()) return;
    try {
        give_back({});
    } catch (const std::exception&) {
        // The phone is gone: the next run finds it allowed and puts it back.
        before_.clear();
    }
}

std::string MessagesRight::mode(const std::stop_token& stop) {
    return app_op_mode(shell_.run({.text = "appops get com.android.shell WRITE_SMS"}, stop).output);
}

ShellResult MessagesRight::set(const std::string& mode, const std::stop_token& stop) {
    return shell_.run({.text = "appops set com.android.shell WRITE_SMS " + mode}, stop);
}

void MessagesRight::put_back_what_a_killed_run_left(const std::stop_token& stop) {
    if (mode(stop) != allowed) return;
    set(std::string(usual), stop);
    if (mode(stop) == allowed) warn();
}

std::optional<std::string> MessagesRight::take(const std::stop_token& stop) {
    put_back_what_a_killed_run_left(stop);
    const std::string found = mode(stop);
    before_ = found;
    const auto result = set(std::string(allowed), stop);
    if (mode(stop) == allowed) return std::nullopt;
    give_back(stop);
    const bool refused = result.errors.find("SecurityException") != std::string::npos;
    return fmt::format(
        "this phone does not let a computer write messages{}. On a Xiaomi phone, turn on \"USB "
        "debugging (Security settings)\" in the developer options and run this again",
        refused ? "" : " (it does not keep the permission)");
}

void MessagesRight::give_back(const std::stop_token& stop) {
    if (before_.empty()) return;
    // What stands in a word of the phone goes into a command only when it is a word.
    const bool is_word = before_.find_first_not_of("abcdefghijklmnopqrstuvwxyz") == before_.npos;
    set(is_word ? before_ : std::string(usual), stop);
    if (std::exchange(before_, "") != allowed && mode(stop) == allowed) warn();
}

void MessagesRight::warn() {
    events_.on(Noted{
        .severity = Severity::warning,
        .text = "This phone does not take back the right to write messages, which it gave to "
                "computers for this restore. Turn off \"USB debugging\" on the phone: no computer "
                "can use the right then. The next backup or restore of messages tries again."});
}

}  // namespace lifeboat::phone::android
