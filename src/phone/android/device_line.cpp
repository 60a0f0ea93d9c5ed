#include "phone/android/device_line.h"

#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace lifeboat::phone::android {
namespace {

constexpr std::array<std::string_view, 12> one_word_states{
    "device",       "recovery",    "sideload",   "rescue", "bootloader", "offline",
    "unauthorized", "authorizing", "connecting", "host",   "detached",   "unknown"};

// A state is one known word, or "no permissions (...)" with blanks and a URL in it.
std::string_view state_at(std::string_view text) {
    constexpr std::string_view refused = "no permissions";
    if (text.starts_with(refused)) {
        const size_t end = text.find(')');
        return text.substr(0, end == std::string_view::npos ? refused.size() : end + 1);
    }
    const auto word = text.substr(0, text.find(' '));
    const bool known =
        std::find(one_word_states.begin(), one_word_states.end(), word) != one_word_states.end();
    return known ? word : std::string_view{};
}

std::string value_of(std::string_view fields, std::string_view key) {
    for (const auto field : split(fields, ' ')) {
        if (!field.starts_with(key)) continue;
        std::string value(field.substr(key.size()));
        std::replace(value.begin(), value.end(), '_', ' ');
        return value;
    }
    return {};
}

// The serial ends at a tab ("devices") or at two blanks or the padding's single one
// ("devices -l", serials of 22 and more characters).
size_t end_of_serial(std::string_view line) {
    return line.find_first_of("\t ");
}

}  // namespace

std::vector<DeviceLine> parse_devices(std::string_view text) {
    std::vector<DeviceLine> out;
    for (const auto line : lines(text)) {
        const size_t end = end_of_serial(line);
        if (end == 0 || end == std::string_view::npos) continue;
        const auto rest = trim(line.substr(end));
        const auto state = state_at(rest);
        if (state.empty()) continue;
        out.push_back({.serial = std::string(line.substr(0, end)),
                       .state = std::string(state),
                       .model = value_of(rest.substr(state.size()), "model:")});
    }
    return out;
}

Readiness readiness_of(std::string_view state) {
    if (state == "device") return Readiness::ready;
    if (state == "unauthorized" || state == "authorizing") return Readiness::unauthorized;
    if (state == "offline" || state == "connecting" || state == "detached") {
        return Readiness::offline;
    }
    if (state.starts_with("no permissions")) return Readiness::no_permission;
    return Readiness::other;
}

std::string instruction_for(std::string_view state) {
    switch (readiness_of(state)) {
        case Readiness::ready:
            return {};
        case Readiness::unauthorized:
            return "Unlock the phone and tap \"Allow\" on its question about USB debugging.";
        case Readiness::offline:
            return "Unplug the phone, plug it in again and unlock it.";
        case Readiness::locked:
            return "Unlock the phone with its PIN, pattern or password.";
        case Readiness::no_permission:
            return "This user may not open USB devices: install the package "
                   "android-sdk-platform-tools-common (udev rules), then plug the phone in again.";
        case Readiness::other:
            break;
    }
    return fmt::format("The phone is in the state \"{}\": start it normally and unlock it.",
                       printable(state));
}

std::string code_for(Readiness readiness) {
    switch (readiness) {
        case Readiness::ready:
            return "phone.ready";
        case Readiness::unauthorized:
            return "phone.unauthorized";
        case Readiness::offline:
            return "phone.offline";
        case Readiness::locked:
            return "phone.locked";
        case Readiness::no_permission:
            return "phone.no_permission";
        case Readiness::other:
            break;
    }
    return "phone.other";
}

}  // namespace lifeboat::phone::android
