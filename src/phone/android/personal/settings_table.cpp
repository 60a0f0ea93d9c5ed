#include "phone/android/personal/settings_table.h"

#include "base/error.h"
#include "base/hex.h"
#include "base/text.h"
#include "phone/android/shell.h"
#include "phone/android/shell_quote.h"
#include "sys/random.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace lifeboat::phone::android {
namespace {

constexpr size_t names_in_command = 50;

std::string fresh_mark() {
    Bytes random(12);
    sys::SystemRandom().fill(random);
    return to_hex(random);
}

// Every value on its own between marks that no value can hold.
SettingsTable ask_each(const PhoneLink& link, std::string_view table,
                       const std::vector<std::string>& names, const std::stop_token& stop) {
    SettingsTable values;
    Shell shell(link.server, link.serial);
    const std::string mark = fresh_mark();
    for (size_t at = 0; at < names.size(); at += names_in_command) {
        const size_t end = std::min(names.size(), at + names_in_command);
        std::string command = fmt::format("echo {}; ", mark);
        for (size_t i = at; i < end; ++i) {
            command +=
                fmt::format("settings get {} {}; echo {}; ", table, shell_quote(names[i]), mark);
        }
        const auto answer = shell.run({.text = command}, stop);
        std::string_view rest = answer.output;
        const std::string line = mark + "\n";
        if (rest.starts_with(line)) rest.remove_prefix(line.size());
        for (size_t i = at; i < end; ++i) {
            const size_t until = rest.find(line);
            if (until == std::string_view::npos || until == 0)
                throw Garbled("the phone does not tell a setting it has listed");
            values[names[i]] = rest.substr(0, until - 1);
            rest.remove_prefix(until + line.size());
        }
    }
    return values;
}

}  // namespace

bool is_setting_name(std::string_view name) {
    constexpr size_t longest = 300;
    return !name.empty() && name.size() <= longest && name.front() != '-' &&
           std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

SettingsTable parse_settings(std::string_view text) {
    SettingsTable listed;
    for (const std::string_view line : split(text, '\n')) {
        const size_t equals = line.find('=');
        const std::string_view name = line.substr(0, equals);
        if (equals != std::string_view::npos && is_setting_name(name))
            listed.emplace(name, line.substr(equals + 1));
    }
    return listed;
}

SettingsTable read_settings(const PhoneLink& link, std::string_view table,
                            const std::stop_token& stop) {
    Shell shell(link.server, link.serial);
    const auto answer = shell.run({.text = fmt::format("settings list {}", table)}, stop);
    if (answer.output.empty()) {
        throw Denied(fmt::format("the phone does not list its {} settings: {}", table,
                                 printable(trim(answer.errors))));
    }
    const auto listed = parse_settings(answer.output);
    std::vector<std::string> names;
    for (const auto& [name, value] : listed) names.push_back(name);
    auto asked = ask_each(link, table, names, stop);
    // "null" is the answer for what is no setting; one whose value is "null" was listed so.
    std::erase_if(asked, [&](const auto& one) {
        return one.second == "null" && listed.at(one.first) != "null";
    });
    return asked;
}

}  // namespace lifeboat::phone::android
