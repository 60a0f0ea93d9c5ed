#include "app/opened_snapshot.h"

#include "base/text.h"
#include "engine/app_backup.h"
#include "item/folder_tree.h"
#include "repository/find_content.h"

namespace lifeboat::app {

const SecretText* phone_password_for(World& world, const FoundSnapshot& found,
                                     const std::stop_token& stop) {
    const auto tree = found.place.repository->read(found.snapshot, stop);
    const auto kind = content::recognise_ios_backup(*tree);
    return kind && kind->encrypted ? world.phone_password(stop) : nullptr;
}

std::optional<content::IosBackupKind> iphone_backup_kind(const FoundSnapshot& found,
                                                         const std::stop_token& stop) {
    const auto tree = found.place.repository->read(found.snapshot, stop);
    return content::recognise_ios_backup(*tree);
}

engine::BackupReport import_folder(World& world, repository::Repository& repository,
                                   const std::string& folder, const std::stop_token& stop) {
    const FolderTree tree(folder);
    const auto kind = content::recognise_ios_backup(tree);
    engine::BackupOptions options;
    if (kind && kind->encrypted) options.phone_password = world.phone_password(stop);
    return engine::import_iphone(tree, repository, options, world.context(stop));
}

engine::OpenedTree open_snapshot(World& world, const FoundSnapshot& found, const Showing& showing,
                                 const std::stop_token& stop) {
    auto tree = found.place.repository->read(found.snapshot, stop);
    if (showing.as_stored) return {.tree = std::move(tree)};
    const SecretText* password = phone_password_for(world, found, stop);
    auto opened = engine::open_for_person(std::move(tree), password, stop);
    if (!opened.closed.empty()) {
        world.events().on(
            Noted{Severity::warning, "This backup is shown as it is stored: " + opened.closed});
    }
    engine::open_apps(opened, showing.app_password, world.events(), stop, showing.known_apps, [&] {
        return repository::content_of(*found.place.repository, found.snapshot,
                                      engine::app_backup_path(), stop);
    });
    return opened;
}

repository::TreeDiff difference(World& world, const FoundSnapshot& from, const FoundSnapshot& to,
                                const std::stop_token& stop) {
    const auto is_iphone = [&](const FoundSnapshot& found) {
        return content::recognise_ios_backup(*found.place.repository->read(found.snapshot, stop))
            .has_value();
    };
    if (is_iphone(from) && is_iphone(to)) {
        const auto before = open_snapshot(world, from, {}, stop);
        const auto after = open_snapshot(world, to, {}, stop);
        if (before.is_decoded() && after.is_decoded())
            return engine::difference_of_trees(*before.tree, *after.tree, stop);
    }
    return engine::difference({from.snapshot, *from.place.repository},
                              {to.snapshot, *to.place.repository}, world.context(stop));
}

}  // namespace lifeboat::app
