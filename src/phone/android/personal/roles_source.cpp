#include "phone/android/personal/roles_source.h"

#include "base/text.h"
#include "personal/app.h"
#include "personal/record_lines.h"
#include "personal/setting.h"
#include "phone/android/shell.h"
#include "phone/android/shell_quote.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace lifeboat::phone::android {
namespace {

constexpr std::string_view kind = "roles";
constexpr unsigned version = 1;
constexpr uint64_t longest = 1 << 20;

constexpr std::array<std::pair<std::string_view, std::string_view>, 4> known{
    {{"android.app.role.SMS", "messages"},
     {"android.app.role.DIALER", "phone calls"},
     {"android.app.role.BROWSER", "web pages"},
     {"android.app.role.HOME", "home screen"}}};

ItemPath lines_path() {
    return personal::folder_of(kind).child("roles.jsonl");
}

std::string_view words_of(std::string_view role) {
    for (const auto& [name, words] : known) {
        if (name == role) return words;
    }
    return role;
}

// A role is a setting whose value is a package.
personal::Setting setting_of(const std::string& role, const std::string& package) {
    return {std::string(kind), role, package};
}

personal::Record record_of_role(const personal::Setting& role) {
    auto record = record_of(role);
    record.label = fmt::format("{}: {}", words_of(role.name), role.value);
    return record;
}

}  // namespace

std::map<std::string, std::string> parse_roles(std::string_view text) {
    std::map<std::string, std::string> all;
    std::string role;
    for (const std::string_view raw : lines(text)) {
        const std::string_view line = trim(raw);
        if (line == "{" || line == "}") role.clear();
        if (line.starts_with("name=")) role = line.substr(5);
        if (!line.starts_with("holders=") || role.empty()) continue;
        const std::string_view holder = line.substr(8);
        if (personal::is_package_name(holder)) all[role] = holder;
    }
    return all;
}

std::map<std::string, std::string> RolesSource::holders(const std::stop_token& stop) const {
    Shell shell(link_.server, link_.serial);
    auto all = parse_roles(shell.run({.text = "dumpsys role"}, stop).output);
    std::erase_if(all, [](const auto& one) { return words_of(one.first) == one.first; });
    return all;
}

personal::Collection RolesSource::read(const PersonalTarget& target, EventSink&,
                                       const std::stop_token& stop) {
    personal::Collection collection{.id = std::string(id()), .weight = personal::Weight::noted};
    std::vector<std::string> lines;
    for (const auto& [role, package] : holders(stop)) {
        const auto setting = setting_of(role, package);
        collection.records.push_back(record_of_role(setting));
        lines.push_back(encode(setting));
    }
    if (lines.empty()) {
        collection.reading = personal::Reading::absent;
        collection.why = "This phone does not tell which apps it uses for messages and calls.";
        return collection;
    }
    put_file(target, lines_path(), personal::write_lines(kind, version, lines));
    return collection;
}

personal::RestoreOutcome RolesSource::restore(const FileTree& snapshot, bool dry_run, EventSink&,
                                              const std::stop_token& stop) {
    personal::RestoreOutcome outcome{.id = std::string(id())};
    if (!snapshot.find(lines_path())) return outcome;
    const Bytes text = read_all(*snapshot.open(lines_path()), longest);
    auto now = holders(stop);
    Shell shell(link_.server, link_.serial);
    for (const std::string_view line : personal::read_lines(as_text(text), kind, version)) {
        const auto role = personal::decode_setting(line);
        ++outcome.wanted;
        if (now[role.name] == role.value) {
            ++outcome.already_there;
            continue;
        }
        ++outcome.written;
        if (dry_run) continue;
        shell.run({.text = fmt::format("cmd role add-role-holder --user 0 {} {}",
                                       shell_quote(role.name), shell_quote(role.value))},
                  stop);
        if (holders(stop)[role.name] == role.value) {
            ++outcome.compared_equal;
            continue;
        }
        --outcome.written;
        outcome.failed.push_back(
            {record_of_role(role).label,
             "the phone did not take it over: choose it in its settings, below Default apps"});
    }
    return outcome;
}

}  // namespace lifeboat::phone::android
