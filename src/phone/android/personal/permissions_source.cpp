#include "phone/android/personal/permissions_source.h"

#include "base/hex.h"
#include "base/text.h"
#include "crypto/sha256.h"
#include "phone/android/personal/app_ops.h"
#include "phone/android/personal/installed_apps.h"
#include "phone/android/personal/saved_apps.h"
#include "phone/android/shell.h"
#include "phone/android/shell_quote.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace lifeboat::phone::android {
namespace {

// One permission that was granted, or one app operation that was changed.
struct Right {
    std::string package{};
    std::string name{};
    std::optional<personal::AppOp> op{};

    personal::Record record() const {
        if (!op) {
            const std::string label = fmt::format("{}: {}", package, name);
            return {label, digest_of("granted"), label};
        }
        const KnownOp* known = find_known_op(name);
        return {
            fmt::format("{}: op {}", package, name), digest_of(op->mode),
            fmt::format("{}: {} ({})", package, known != nullptr ? known->words : name, op->mode)};
    }
    std::string label() const { return record().label; }

    // A shell's command that gives it to the app.
    std::string command() const {
        if (!op) return fmt::format("pm grant {} {}", shell_quote(package), shell_quote(name));
        return fmt::format("cmd appops set {}{} {} {}", op->of_user ? "--uid " : "",
                           shell_quote(package), shell_quote(name), op->mode);
    }

private:
    static std::string digest_of(std::string_view value) {
        return to_hex(crypto::sha256(as_bytes(value)));
    }
};

std::vector<Right> rights_of(const personal::App& app) {
    std::vector<Right> all;
    for (const std::string& permission : app.granted) all.push_back({app.package, permission, {}});
    for (const auto& [name, op] : app.ops) {
        if (find_known_op(name) != nullptr) all.push_back({app.package, name, op});
    }
    return all;
}

bool is_there(const std::map<std::string, InstalledApp>& installed, const Right& right) {
    const auto found = installed.find(right.package);
    if (found == installed.end()) return false;
    const personal::App& app = found->second.app;
    if (right.op) {
        const auto op = app.ops.find(right.name);
        return op != app.ops.end() && op->second.mode == right.op->mode;
    }
    return std::find(app.granted.begin(), app.granted.end(), right.name) != app.granted.end();
}

constexpr size_t rights_in_command = 100;

// The phone's words about each that it refused, by label.
std::map<std::string, std::string> give(const PhoneLink& link, const std::vector<Right>& rights,
                                        const std::stop_token& stop) {
    std::map<std::string, std::string> refused;
    Shell shell(link.server, link.serial);
    for (size_t at = 0; at < rights.size(); at += rights_in_command) {
        const size_t end = std::min(rights.size(), at + rights_in_command);
        std::string command;
        for (size_t i = at; i < end; ++i) {
            command += fmt::format("{} 2>&1 || echo refused {}; ", rights[i].command(), i);
        }
        const auto answer = shell.run({.text = command}, stop);
        std::string words;
        for (const std::string_view line : lines(answer.output)) {
            const auto number = line.starts_with("refused ") ? parse_u64(line.substr(8))
                                                             : std::optional<uint64_t>();
            if (number && *number < rights.size())
                refused[rights[*number].label()] = std::exchange(words, {});
            const size_t exception = line.find("Exception: ");
            if (exception != std::string_view::npos) words = printable(line.substr(exception + 11));
            if (line.starts_with("Error: ")) words = printable(line.substr(7));
        }
    }
    return refused;
}

}  // namespace

personal::Collection PermissionsSource::read(const PersonalTarget&, EventSink&,
                                             const std::stop_token& stop) {
    personal::Collection collection{.id = std::string(id()), .weight = personal::Weight::noted};
    for (const InstalledApp& one : read_installed_apps(link_, stop)) {
        for (const Right& right : rights_of(one.app)) collection.records.push_back(right.record());
    }
    return collection;
}

personal::RestoreOutcome PermissionsSource::restore(const FileTree& snapshot, bool dry_run,
                                                    EventSink&, const std::stop_token& stop) {
    personal::RestoreOutcome outcome{.id = std::string(id())};
    const auto apps = load_apps(snapshot);
    std::vector<std::string> names;
    for (const personal::App& app : apps) names.push_back(app.package);
    auto installed = read_apps(link_, names, stop);
    std::vector<Right> missing;
    for (const personal::App& app : apps) {
        for (Right& right : rights_of(app)) {
            ++outcome.wanted;
            if (is_there(installed, right))
                ++outcome.already_there;
            else if (installed.contains(app.package))
                missing.push_back(std::move(right));
            else
                outcome.failed.push_back({right.label(), "the app is not installed"});
        }
    }
    outcome.written = missing.size();
    if (dry_run || missing.empty()) return outcome;
    const auto refused = give(link_, missing, stop);
    installed = read_apps(link_, names, stop);
    outcome.written = 0;
    for (const Right& right : missing) {
        if (is_there(installed, right)) {
            ++outcome.written;
            ++outcome.compared_equal;
            continue;
        }
        const auto words = refused.find(right.label());
        outcome.failed.push_back({right.label(), words == refused.end() || words->second.empty()
                                                     ? "the phone did not take it over"
                                                     : words->second});
    }
    return outcome;
}

}  // namespace lifeboat::phone::android
