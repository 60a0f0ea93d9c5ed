#include "phone/android/personal/permissions_source.h"

#include "base/hex.h"
#include "base/text.h"
#include "crypto/sha256.h"
#include "phone/android/personal/installed_apps.h"
#include "phone/android/personal/saved_apps.h"
#include "phone/android/shell.h"
#include "phone/android/shell_quote.h"

#include <fmt/format.h>

#include <algorithm>

namespace lifeboat::phone::android {
namespace {

struct Grant {
    std::string package{};
    std::string permission{};
    std::string label() const { return fmt::format("{}: {}", package, permission); }
};

std::vector<Grant> grants_of(const personal::App& app) {
    std::vector<Grant> all;
    for (const std::string& permission : app.granted) all.push_back({app.package, permission});
    return all;
}

bool is_granted(const std::map<std::string, InstalledApp>& installed, const Grant& grant) {
    const auto found = installed.find(grant.package);
    if (found == installed.end()) return false;
    const auto& granted = found->second.app.granted;
    return std::find(granted.begin(), granted.end(), grant.permission) != granted.end();
}

constexpr size_t grants_in_command = 100;

// The phone's words about each that it refused, by label.
std::map<std::string, std::string> give(const PhoneLink& link, const std::vector<Grant>& grants,
                                        const std::stop_token& stop) {
    std::map<std::string, std::string> refused;
    Shell shell(link.server, link.serial);
    for (size_t at = 0; at < grants.size(); at += grants_in_command) {
        const size_t end = std::min(grants.size(), at + grants_in_command);
        std::string command;
        for (size_t i = at; i < end; ++i) {
            command +=
                fmt::format("pm grant {} {} 2>&1 || echo refused {}; ",
                            shell_quote(grants[i].package), shell_quote(grants[i].permission), i);
        }
        const auto answer = shell.run({.text = command}, stop);
        std::string words;
        for (const std::string_view line : lines(answer.output)) {
            const auto number = line.starts_with("refused ") ? parse_u64(line.substr(8))
                                                             : std::optional<uint64_t>();
            if (number && *number < grants.size()) refused[grants[*number].label()] = words;
            const size_t exception = line.find("Exception: ");
            if (exception != std::string_view::npos) words = printable(line.substr(exception + 11));
        }
    }
    return refused;
}

}  // namespace

personal::Collection PermissionsSource::read(const PersonalTarget&, EventSink&,
                                             const std::stop_token& stop) {
    personal::Collection collection{.id = std::string(id()), .weight = personal::Weight::noted};
    const std::string granted = to_hex(crypto::sha256(as_bytes("granted")));
    for (const InstalledApp& one : read_installed_apps(link_, stop)) {
        for (const Grant& grant : grants_of(one.app))
            collection.records.push_back({grant.label(), granted, grant.label()});
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
    std::vector<Grant> missing;
    for (const personal::App& app : apps) {
        for (Grant& grant : grants_of(app)) {
            ++outcome.wanted;
            if (is_granted(installed, grant))
                ++outcome.already_there;
            else if (installed.contains(app.package))
                missing.push_back(std::move(grant));
            else
                outcome.failed.push_back({grant.label(), "the app is not installed"});
        }
    }
    outcome.written = missing.size();
    if (dry_run || missing.empty()) return outcome;
    const auto refused = give(link_, missing, stop);
    installed = read_apps(link_, names, stop);
    outcome.written = 0;
    for (const Grant& grant : missing) {
        if (is_granted(installed, grant)) {
            ++outcome.written;
            ++outcome.compared_equal;
            continue;
        }
        const auto words = refused.find(grant.label());
        outcome.failed.push_back({grant.label(), words == refused.end() || words->second.empty()
                                                     ? "the phone did not take it over"
                                                     : words->second});
    }
    return outcome;
}

}  // namespace lifeboat::phone::android
