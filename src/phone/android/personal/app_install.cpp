#include "phone/android/personal/app_install.h"

#include "base/text.h"
#include "phone/android/personal/saved_apps.h"
#include "phone/android/shell_quote.h"

#include <fmt/format.h>

#include <algorithm>

namespace lifeboat::phone::android {
namespace {

constexpr uint64_t first_with_target_block = 34;
constexpr uint64_t first_with_update_owners = 34;
constexpr uint32_t lowest_target = 23;

std::vector<std::string> names_of(const std::vector<personal::App>& apps) {
    std::vector<std::string> names;
    for (const personal::App& app : apps) names.push_back(app.package);
    return names;
}

}  // namespace

AppInstall::AppInstall(const PhoneLink& link, const FileTree& snapshot, EventSink& events,
                       const std::stop_token& stop)
    : link_(link),
      snapshot_(snapshot),
      events_(events),
      stop_(stop),
      shell_(link.server, link.serial),
      wanted_(load_apps(snapshot)) {
    outcome_.id = "apps";
    outcome_.wanted = wanted_.size();
}

personal::RestoreOutcome AppInstall::run(bool dry_run) {
    if (wanted_.empty()) return outcome_;
    sdk_ = parse_u64(trim(shell_.run({.text = "getprop ro.build.version.sdk"}, stop_).output))
               .value_or(0);
    if (!dry_run) end_open_sessions(shell_, wanted_, stop_);
    installed_ = read_apps(link_, names_of(wanted_), stop_);
    foresee();
    for (const personal::App& app : wanted_) {
        if (stop_.stop_requested()) throw Cancelled();
        one(app, dry_run);
    }
    return outcome_;
}

void AppInstall::foresee() {
    std::erase_if(wanted_, [&](const personal::App& app) {
        const bool too_new = sdk_ != 0 && app.min_sdk > sdk_;
        if (too_new) {
            outcome_.cannot_come_back.push_back(
                fmt::format("{} needs a newer Android than this phone has.", record_of(app).label));
        }
        return too_new;
    });
    outcome_.cannot_come_back.emplace_back(
        "What the apps keep inside themselves does not come with them: an app starts as new, and "
        "asks you to sign in.");
}

void AppInstall::one(const personal::App& app, bool dry_run) {
    if (is_there(app) || !is_complete(app)) return;
    if (dry_run) {
        ++outcome_.written;
        return;
    }
    install(app);
}

bool AppInstall::is_there(const personal::App& app) {
    const auto found = installed_.find(app.package);
    if (found == installed_.end()) return false;
    const personal::App& there = found->second.app;
    if (!there.signatures.empty() && !app.signatures.empty() &&
        there.signatures != app.signatures) {
        outcome_.conflicts.push_back(
            {record_of(app).label, "an app of this name from another maker is installed"});
        return true;
    }
    if (there.version_code < app.version_code) return false;
    ++outcome_.already_there;
    return true;
}

// All parts are in the snapshot, as long as they were on the phone.
bool AppInstall::is_complete(const personal::App& app) {
    if (app.files.empty()) {
        fail(app, "its program is not in the backup");
        return false;
    }
    for (const personal::AppFile& file : app.files) {
        const auto item = snapshot_.find(apk_path(app, file));
        if (item && item->kind == ItemKind::file && item->size == file.size) continue;
        fail(app, fmt::format("{} is not in the backup", file.name));
        return false;
    }
    return true;
}

// The per-item catch: what is wrong with one app stays with it.
void AppInstall::install(const personal::App& app) {
    const bool old_target = app.target_sdk != 0 && app.target_sdk < lowest_target;
    // Only who installs an app can be made the owner of its updates.
    const bool owned = !app.update_owner.empty() && app.update_owner == app.installer;
    const InstallOptions options{.allow_old_target = old_target && sdk_ >= first_with_target_block,
                                 .owns_updates = owned && sdk_ >= first_with_update_owners};
    try {
        const auto digests = install_app(shell_, snapshot_, app, options, stop_);
        ++outcome_.written;
        compare(app, digests);
        events_.on(ItemDone{record_of(app).label, 0});
    } catch (const InstallRefused& refused) {
        fail(app, refused.message());
    } catch (const Corrupt& damaged) {
        fail(app, "its copy is damaged: " + damaged.message());
    } catch (const Missing& gone) {
        fail(app, gone.message());
    }
}

// What the phone has now, by the SHA-256 it computes itself, is what the snapshot has.
void AppInstall::compare(const personal::App& app, const std::vector<std::string>& digests) {
    const auto now = read_apps(link_, {app.package}, stop_);
    const auto found = now.find(app.package);
    if (found == now.end() || found->second.app.version_code != app.version_code)
        return fail(app, "the phone said it is installed, and does not list it");
    std::string command = "sha256sum";
    for (const std::string& path : found->second.paths) command += ' ' + shell_quote(path);
    const auto answer = shell_.run({.text = command}, stop_);
    for (const std::string& digest : digests) {
        if (answer.output.find(digest) == std::string::npos)
            return fail(app, "what the phone has now differs from the backup");
    }
    ++outcome_.compared_equal;
    compare_owner(app, found->second.app);
}

// It came back all the same: only who may update it is another.
void AppInstall::compare_owner(const personal::App& app, const personal::App& now) {
    if (app.update_owner.empty() || now.update_owner == app.update_owner) return;
    outcome_.cannot_come_back.push_back(fmt::format(
        "{} may be updated by any store now: this phone does not let it belong to {} again.",
        record_of(app).label, app.update_owner));
}

void AppInstall::fail(const personal::App& app, std::string reason) {
    const std::string label = record_of(app).label;
    events_.on(ItemFailed{label, reason});
    outcome_.failed.push_back({label, std::move(reason)});
}

}  // namespace lifeboat::phone::android
