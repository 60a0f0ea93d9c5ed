#include "app/mounted_apps.h"

#include "app/recent_trees.h"
#include "base/guarded.h"
#include "engine/app_backup.h"
#include "engine/tree_with_apps.h"

#include <sys/stat.h>

namespace lifeboat::app {

struct MountedApps::Shared {
    Shared(World& in, repository::Repository& from, SecretText known, std::stop_token until)
        : world(in), repository(from), password(std::move(known)), stop(std::move(until)) {}

    World& world;
    repository::Repository& repository;
    SecretText password;
    std::stop_token stop;
    RecentTrees recent{};  // the list of their files was read from end to end
};

namespace {

// Opens one backup; whoever comes meanwhile waits for it.
class Opener {
public:
    Opener(std::shared_ptr<MountedApps::Shared> shared, repository::Snapshot snapshot)
        : shared_(std::move(shared)), snapshot_(std::move(snapshot)) {}

    std::shared_ptr<const FileTree> get(const std::stop_token& stop) {
        auto tree = open_.with([&](std::weak_ptr<const FileTree>& open) {
            if (auto known = open.lock()) return known;
            shared_->recent.make_room();
            std::shared_ptr<const FileTree> made = std::make_shared<engine::TreeWithApps>(
                shared_->repository.read(snapshot_, stop), shared_->password,
                shared_->world.events(), shared_->stop);
            open = made;
            return made;
        });
        shared_->recent.used(tree);
        return tree;
    }

private:
    std::shared_ptr<MountedApps::Shared> shared_;
    repository::Snapshot snapshot_;
    Guarded<std::weak_ptr<const FileTree>> open_{};
};

// The entries of a root, and one more among them.
class ListingWithApps final : public FolderListing {
public:
    // `whole` has the same names as `stored`, and "apps" under the number `apps`.
    ListingWithApps(std::shared_ptr<const FolderListing> stored,
                    std::shared_ptr<const FolderListing> whole, size_t apps)
        : stored_(std::move(stored)), whole_(std::move(whole)), apps_(apps) {
        const std::string_view name = engine::apps_folder().text();
        while (at_ < stored_->size() && stored_->entry(at_).name < name) ++at_;
    }

    size_t size() const override { return stored_->size() + 1; }
    OpenEntry entry(size_t number) const override {
        return number == at_ ? whole_->entry(apps_) : stored_->entry(below(number));
    }
    bool can_be_shown(size_t number) const override {
        return number == at_ || stored_->can_be_shown(below(number));
    }
    std::optional<size_t> find(std::string_view name) const override {
        if (name == engine::apps_folder().text()) return at_;
        const auto found = stored_->find(name);
        return found && *found >= at_ ? std::optional(*found + 1) : found;
    }
    const std::string& link_target(size_t number) const override {
        return number == at_ ? whole_->link_target(apps_) : stored_->link_target(below(number));
    }
    std::shared_ptr<const OpenFolder> folder(size_t number) const override {
        return number == at_ ? whole_->folder(apps_) : stored_->folder(below(number));
    }
    std::unique_ptr<OpenFile> file(size_t number, const std::stop_token& stop) const override {
        return number == at_ ? whole_->file(apps_, stop) : stored_->file(below(number), stop);
    }

private:
    size_t below(size_t number) const { return number < at_ ? number : number - 1; }

    std::shared_ptr<const FolderListing> stored_, whole_;
    size_t apps_;
    size_t at_ = 0;  // of "apps" among the others
};

// Whether this root has a file under this path; only the folders on the way are read.
bool has_file(std::shared_ptr<const FolderListing> listing, const ItemPath& path,
              const std::stop_token& stop) {
    const auto parts = path.parts();
    for (size_t i = 0; i + 1 < parts.size(); ++i) {
        const auto number = listing->find(parts[i]);
        if (!number || (listing->entry(*number).mode & S_IFMT) != S_IFDIR) return false;
        listing = listing->folder(*number)->listing(stop);
    }
    return listing->find(parts.back()).has_value();
}

class RootWithApps final : public OpenFolder {
public:
    RootWithApps(std::shared_ptr<const OpenFolder> stored, std::shared_ptr<const OpenFolder> whole)
        : stored_(std::move(stored)), whole_(std::move(whole)) {}

    std::shared_ptr<const FolderListing> listing(const std::stop_token& stop) const override {
        auto stored = stored_->listing(stop);
        const std::string& name = engine::apps_folder().text();
        if (stored->find(name) || !has_file(stored, engine::app_backup_path(), stop)) return stored;
        auto whole = whole_->listing(stop);
        const auto apps = whole->find(name);
        if (!apps) return stored;
        return std::make_shared<ListingWithApps>(std::move(stored), std::move(whole), *apps);
    }

private:
    std::shared_ptr<const OpenFolder> stored_, whole_;
};

}  // namespace

MountedApps::MountedApps(World& world, repository::Repository& repository,
                         const SecretText& password, std::stop_token stop)
    : shared_(std::make_shared<Shared>(world, repository, password.duplicate(), std::move(stop))),
      listings_(std::make_shared<ListingMemory>()) {}

std::shared_ptr<const OpenFolder> MountedApps::folder(const repository::Snapshot& snapshot,
                                                      std::shared_ptr<const OpenFolder> stored) {
    auto opener = std::make_shared<Opener>(shared_, snapshot);
    auto whole = opened_folder([opener](const std::stop_token& stop) { return opener->get(stop); },
                               listings_);
    return std::make_shared<RootWithApps>(std::move(stored), std::move(whole));
}

}  // namespace lifeboat::app
