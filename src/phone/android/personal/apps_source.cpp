#include "phone/android/personal/apps_source.h"

#include "base/text.h"
#include "phone/android/personal/app_install.h"
#include "phone/android/personal/installed_apps.h"
#include "phone/android/personal/saved_apps.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace lifeboat::phone::android {
namespace {

constexpr size_t most_attempts = 3;
constexpr size_t streams = 2;

using Saved = std::map<std::string, personal::App>;

// What the last backup had; a file of it that cannot be read only means that all is read again.
Saved previous_apps(const FileTree* previous) {
    Saved saved;
    if (previous == nullptr) return saved;
    try {
        for (personal::App& app : load_apps(*previous)) {
            std::string name = app.package;
            saved.emplace(std::move(name), std::move(app));
        }
    } catch (const Corrupt&) {
        saved.clear();
    } catch (const Unsupported&) {
        saved.clear();
    }
    return saved;
}

bool is_same_file(const Saved& saved, const personal::App& app, const personal::AppFile& file) {
    const auto before = saved.find(app.package);
    if (before == saved.end() || before->second.version_code != app.version_code ||
        before->second.updated != app.updated)
        return false;
    const auto& files = before->second.files;
    return std::find(files.begin(), files.end(), file) != files.end();
}

Item item_of_apk(const InstalledApp& one, size_t at) {
    return {.path = apk_path(one.app, one.app.files[at]),
            .size = one.looks[at].size,
            .mode = 0600,
            .modified = TimePoint{std::chrono::seconds(one.looks[at].modified)}};
}

std::string job_key(const PullJob& job) {
    return fmt::format("{}|{}|{}", job.remote, job.item.size,
                       job.item.modified.time_since_epoch().count());
}

// The parts that have to come from the phone; the others are taken over.
std::vector<PullJob> jobs_of(const std::vector<InstalledApp>& installed,
                             const PersonalTarget& target, const std::set<std::string>& pulled) {
    const Saved saved = previous_apps(target.previous);
    std::vector<PullJob> jobs;
    for (const InstalledApp& one : installed) {
        for (size_t at = 0; at < one.paths.size(); ++at) {
            PullJob job{.item = item_of_apk(one, at), .remote = one.paths[at]};
            if (pulled.contains(job_key(job))) continue;
            const bool same = is_same_file(saved, one.app, one.app.files[at]) &&
                              target.previous->find(job.item.path);
            if (same && target.sink->keep(job.item)) continue;
            jobs.push_back(std::move(job));
        }
    }
    return jobs;
}

}  // namespace

personal::Collection AppsSource::read(const PersonalTarget& target, EventSink&,
                                      const std::stop_token& stop) {
    personal::Collection collection{.id = std::string(id())};
    const auto installed = read_installed_apps(link_, stop);
    std::vector<personal::App> apps;
    for (const InstalledApp& one : installed) {
        apps.push_back(one.app);
        collection.records.push_back(record_of(one.app));
    }
    if (target.sink == nullptr) return collection;
    pull(jobs_of(installed, target, pulled_), target, collection, stop);
    for (const personal::App& app : apps) {
        const auto folder = personal::folder_of(id()).child(app.package);
        put_file(target, folder.child("app.json"), encode(app) + "\n");
    }
    put_file(target, personal::folder_of(id()).child("apps.jsonl"), write_apps(apps));
    return collection;
}

void AppsSource::pull(std::vector<PullJob> jobs, const PersonalTarget& target,
                      personal::Collection& collection, const std::stop_token& stop) {
    const auto refuse = [&](const PullJob& job) {
        target.sink->unreadable(job.item.path, job.reason);
        collection.gaps.push_back(
            fmt::format("{} could not be read: {}", job.item.path.text(), job.reason));
    };
    Pull pull(link_.server, link_.serial, link_.dialect, {.streams = streams});
    for (size_t attempt = 1; !jobs.empty(); ++attempt) {
        std::set<std::string> open;
        for (const PullJob& job : jobs) open.insert(job_key(job));
        auto left = pull.run(std::move(jobs), *target.sink, stop);
        for (const auto* part : {&left.not_read, &left.again, &left.refused}) {
            for (const PullJob& job : *part) open.erase(job_key(job));
        }
        pulled_.merge(open);
        for (const PullJob& job : left.refused) refuse(job);
        if (!left.broken.empty()) throw Temporary(left.broken);
        jobs = std::move(left.again);
        if (attempt < most_attempts) continue;
        for (const PullJob& job : jobs) refuse(job);
        return;
    }
}

personal::RestoreOutcome AppsSource::restore(const FileTree& snapshot, bool dry_run,
                                             EventSink& events, const std::stop_token& stop) {
    return AppInstall(link_, snapshot, events, stop).run(dry_run);
}

}  // namespace lifeboat::phone::android
