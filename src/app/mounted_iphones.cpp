#include "app/mounted_iphones.h"

#include "app/snapshots.h"
#include "base/text.h"
#include "engine/opened_tree.h"

#include <fmt/format.h>

namespace lifeboat::app {

// Opens one backup; whoever comes meanwhile waits for it.
struct MountedIphones::Opener {
    Opener(repository::Repository& from, repository::Snapshot which, const SecretText* known,
           std::shared_ptr<RecentTrees> trees)
        : repository(from), snapshot(std::move(which)), password(known), recent(std::move(trees)) {}

    repository::Repository& repository;
    repository::Snapshot snapshot;
    const SecretText* password;  // null: none is needed
    std::shared_ptr<RecentTrees> recent;
    Guarded<std::weak_ptr<const FileTree>> open{};

    std::shared_ptr<const FileTree> get(const std::stop_token& stop) {
        auto tree = open.with([&](std::weak_ptr<const FileTree>& last) {
            if (auto known = last.lock()) return known;
            recent->make_room();
            std::shared_ptr<const FileTree> made =
                engine::open_for_person(repository.read(snapshot, stop), password, stop).tree;
            last = made;
            return made;
        });
        recent->used(tree);
        return tree;
    }
};

MountedIphones::MountedIphones(World& world, repository::Repository& repository)
    : world_(world),
      repository_(repository),
      listings_(std::make_shared<ListingMemory>()),
      recent_(std::make_shared<RecentTrees>()) {}

MountedIphones::~MountedIphones() = default;

void MountedIphones::learn(const std::vector<repository::Snapshot>& snapshots,
                           const std::stop_token& stop) {
    const Newest newest = recognise(snapshots, stop);
    if (!newest.empty()) try_password(newest, stop);
    asked_ = true;  // from now on somebody may be looking elsewhere
}

MountedIphones::Newest MountedIphones::recognise(const std::vector<repository::Snapshot>& snapshots,
                                                 const std::stop_token& stop) {
    Newest newest;
    for (const repository::Snapshot& snapshot : snapshots) {
        if (!seen_.insert(snapshot.id.hex()).second) continue;
        if (snapshot_state(snapshot) == "interrupted") continue;
        std::optional<content::IosBackupKind> kind;
        try {
            kind = content::recognise_ios_backup(*repository_.read(snapshot, stop));
        } catch (const Temporary&) {
            seen_.erase(snapshot.id.hex());  // looked at again
            throw;
        } catch (const Error& problem) {
            world_.events().on(Noted{
                Severity::warning, fmt::format("The backup {} is shown as it is stored: {}",
                                               snapshot.id.hex().substr(0, 8), problem.message())});
        }
        if (!kind) continue;
        names_[kind->udid] = kind->device_name;
        if (kind->encrypted && !phones_.contains(kind->udid)) newest[kind->udid] = &snapshot;
        iphones_[snapshot.id.hex()] = {.kind = std::move(*kind)};
    }
    return newest;
}

const SecretText* MountedIphones::ask(const std::stop_token& stop) {
    // A person was here when it was mounted, and need not be now.
    const Settings& settings = world_.settings();
    const bool has_source =
        !settings.phone_password_file.empty() || !settings.phone_password_command.empty();
    if (password_ == nullptr && (!asked_ || has_source)) password_ = world_.phone_password(stop);
    return password_;
}

void MountedIphones::try_password(const Newest& newest, const std::stop_token& stop) {
    const bool first = !asked_;
    if (ask(stop) == nullptr) {
        for (const auto& [udid, snapshot] : newest) {
            phones_[udid] = false;
            note_closed(udid, "they are encrypted, and their password is not known");
        }
        return;
    }
    bool any_opens = false, any_wrong = false;
    std::map<std::string, std::string> closed;
    for (const auto& [udid, snapshot] : newest) {
        phones_[udid] = false;
        try {
            content::require_backup_password(*repository_.read(*snapshot, stop), *password_);
            any_opens = phones_[udid] = true;
        } catch (const content::WrongBackupPassword&) {
            any_wrong = true;
            closed[udid] = "the password does not open them";
        } catch (const Corrupt& damage) {
            closed[udid] = damage.message();
        }
    }
    if (first && any_wrong && !any_opens) {
        throw content::WrongBackupPassword("the password does not open the iPhone's backups");
    }
    for (const auto& [udid, why] : closed) note_closed(udid, why);
}

void MountedIphones::note_closed(const std::string& udid, const std::string& why) {
    world_.events().on(
        Noted{Severity::warning, fmt::format("The backups of the iPhone {} are shown as they are "
                                             "stored: {}.",
                                             printable(names_[udid]), why)});
}

std::shared_ptr<const OpenFolder> MountedIphones::folder(const repository::Snapshot& snapshot) {
    const auto found = iphones_.find(snapshot.id.hex());
    if (found == iphones_.end()) return nullptr;
    Known& known = found->second;
    if (known.kind.encrypted && !phones_[known.kind.udid]) return nullptr;
    if (known.folder == nullptr) {
        auto opener = std::make_shared<Opener>(repository_, snapshot,
                                               known.kind.encrypted ? password_ : nullptr, recent_);
        known.folder = opened_folder(
            [opener](const std::stop_token& over) { return opener->get(over); }, listings_);
    }
    return known.folder;
}

}  // namespace lifeboat::app
