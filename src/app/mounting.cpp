#include "app/mounting.h"

#include "app/mounted_apps.h"
#include "app/mounted_iphones.h"
#include "base/text.h"
#include "engine/shelf.h"
#include "mount/mount.h"
#include "mount/session.h"
#include "repository/browse.h"

#include <fmt/format.h>

#include <ctime>
#include <filesystem>
#include <set>

namespace lifeboat::app {
namespace {

namespace fs = std::filesystem;

// What is in the place now, as a catalogue; remembers what it saw last.
class Shelves {
public:
    // `iphones`, `apps`: null shows theirs as they are stored.
    Shelves(repository::Repository& repository, repository::Browser& browser,
            MountedIphones* iphones, MountedApps* apps)
        : repository_(repository), browser_(browser), iphones_(iphones), apps_(apps) {}

    std::optional<mount::Catalogue> look(const std::stop_token& stop) {
        std::set<std::string> names;
        repository_.backend().list(
            "snapshots/", [&](const std::string& name, uint64_t) { names.insert(name); }, stop);
        if (seen_ && names == *seen_) return std::nullopt;
        // Snapshots first, then the index: whatever a snapshot names is in the index by then.
        const auto snapshots = repository_.snapshots(stop);
        browser_.refresh(stop);
        if (iphones_ != nullptr) iphones_->learn(snapshots, stop);
        backups_ = snapshots.size();
        mount::Catalogue catalogue;
        for (engine::ShelfPlace& place : engine::shelve(snapshots, date_name)) {
            const repository::Snapshot& snapshot = snapshots[place.snapshot];
            const bool link = !place.link_target.empty();
            catalogue.push_back({.path = std::move(place.path),
                                 .modified = snapshot.time,
                                 .key = link ? place.link_target : snapshot.id.hex(),
                                 .backup = link ? nullptr : open(snapshot),
                                 .link_target = std::move(place.link_target)});
        }
        seen_ = std::move(names);
        return catalogue;
    }
    uint64_t backups() const { return backups_; }

private:
    std::shared_ptr<const OpenFolder> open(const repository::Snapshot& snapshot) {
        auto opened = iphones_ != nullptr ? iphones_->folder(snapshot) : nullptr;
        if (opened != nullptr) return opened;
        auto stored = browser_.open(snapshot);
        return apps_ != nullptr ? apps_->folder(snapshot, std::move(stored)) : stored;
    }

    repository::Repository& repository_;
    repository::Browser& browser_;
    MountedIphones* iphones_;
    MountedApps* apps_;
    std::optional<std::set<std::string>> seen_{};
    uint64_t backups_ = 0;
};

}  // namespace

void require_mounting() {
    mount::require_fuse("/dev/fuse");
}

std::string usual_mount_folder(const Environment& environment, const Paths& paths) {
    const auto runtime = environment.get("XDG_RUNTIME_DIR");
    return runtime ? *runtime + "/lifeboat/backups" : paths.cache + "/mount";
}

MountFolder::MountFolder(std::string path) : path_(std::move(path)) {
    // A dead mount is there, and cannot be looked at: the mount says what to do about it.
    std::error_code problem;
    made_ = fs::create_directories(path_, problem);
    if (problem && problem != std::errc::not_connected) {
        throw Denied(
            fmt::format("The folder {} cannot be made: {}", printable(path_), problem.message()));
    }
    if (made_) fs::permissions(path_, fs::perms::owner_all, problem);
}

MountFolder::~MountFolder() {
    std::error_code ignored;
    if (made_) fs::remove(path_, ignored);  // only while it is empty
}

std::string date_name(TimePoint time) {
    const std::time_t seconds =
        std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
    std::tm local{};
    if (::localtime_r(&seconds, &local) == nullptr) return to_rfc3339(time);
    return fmt::format("{:04}-{:02}-{:02}T{:02}.{:02}.{:02}", local.tm_year + 1900,
                       local.tm_mon + 1, local.tm_mday, local.tm_hour, local.tm_min, local.tm_sec);
}

MountedPlace mount_places(World& world, OpenedPlaces& places, const std::string& folder,
                          const Showing& showing,
                          const std::function<void(const MountedPlace&)>& mounted,
                          const std::stop_token& stop) {
    engine::Place& place = places.first();
    MountedPlace result{.place = place.name, .folder = folder};
    const auto held = place.repository->hold_to_read(stop);
    const auto browser = repository::browse(*place.repository, {});
    MountedIphones iphones(world, *place.repository);
    MountedApps apps(world, *place.repository, showing.app_password, stop);
    Shelves shelves(*place.repository, *browser, showing.as_stored ? nullptr : &iphones,
                    showing.as_stored ? nullptr : &apps);
    const mount::MountOptions options{.folder = folder, .name = "lifeboat-" + place.name};
    mount::Mount mount(
        options, [&](const std::stop_token& over) { return shelves.look(over); }, world.events(),
        stop);
    result.backups = shelves.backups();
    mounted(result);
    mount.serve(world.clock(), stop);
    result.backups = shelves.backups();
    return result;
}

}  // namespace lifeboat::app
