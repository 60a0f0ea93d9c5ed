#include "app/imports.h"

#include "app/opened_snapshot.h"
#include "base/text.h"
#include "item/folder_sink.h"
#include "item/folder_tree.h"

#include <fmt/format.h>

#include <filesystem>
#include <map>

namespace lifeboat::app {

namespace {

// A folder of this computer that items are pushed into.
class FolderItems final : public ItemSink {
public:
    explicit FolderItems(const std::string& folder) : folder_(folder) {}

    void put(const Item& item, ByteSource& content) override {
        if (!has_room_for(item)) {
            unreadable(item.path, "something else is there under this name, or on the way there");
            return;
        }
        folder_.put(item, content);
        if (item.kind == ItemKind::folder) {
            remember(item);
            return;
        }
        ++taken_.files;
        taken_.bytes += item.size;
    }
    void unreadable(const ItemPath& path, const std::string& reason) override {
        ++taken_.left_out_count;
        if (taken_.left_out.size() < TakenOut::most_notes)
            taken_.left_out.push_back({path, reason});
    }
    bool keep(const Item&) override { return false; }
    void keep_all() override {}
    void move(const ItemPath&, const ItemPath&) override { not_here(); }
    void remove(const ItemPath&) override { not_here(); }
    const FileTree& so_far() const override { not_here(); }

    // Folders get their dates last, the deepest first: writing into one changes it.
    TakenOut finish() {
        for (auto folder = folders_.rbegin(); folder != folders_.rend(); ++folder) {
            // Not with its permissions: Android's are no good here.
            folder_.set_folder({.path = folder->first,
                                .kind = ItemKind::folder,
                                .mode = 0755,
                                .modified = folder->second});
        }
        return std::move(taken_);
    }

private:
    // The dates of some 500,000 folders; others have the date of today.
    static constexpr uint64_t most_for_folders = uint64_t{64} << 20;
    static constexpr uint64_t for_a_folder = 100;

    [[noreturn]] static void not_here() { throw Misuse("files are only written here"); }

    bool has_room_for(const Item& item) const {
        try {
            const auto there = folder_.find(item.path);
            if (!there) return true;
            return (there->kind == ItemKind::folder) == (item.kind == ItemKind::folder);
        } catch (const Denied&) {
            return false;
        }
    }
    void remember(const Item& item) {
        if (for_folders_ > most_for_folders) return;
        if (folders_.insert_or_assign(item.path, item.modified).second)
            for_folders_ += for_a_folder + item.path.text().size();
    }

    FolderSink folder_;
    std::map<ItemPath, TimePoint> folders_{};
    uint64_t for_folders_ = 0;
    TakenOut taken_{};
};

Imported import_folder_of_any(World& world, repository::Repository& repository,
                              const std::string& path, const std::stop_token& stop) {
    const FolderTree tree(path);
    const std::string name = std::filesystem::path(path).filename().string();
    if (!content::recognise_ios_backup(tree)) {
        if (const auto what = content::recognise_vendor_backup(tree, name)) {
            Imported imported;
            imported.vendor = engine::import_vendor(tree, *what, repository, world.context(stop));
            imported.backup = imported.vendor->backup;
            return imported;
        }
    }
    return {.backup = import_folder(world, repository, path, stop)};
}

}  // namespace

bool Imported::opened() const {
    if (apps) return apps->state == engine::AppBackupState::saved;
    if (vendor) return vendor->all_opened();
    return backup.iphone && backup.iphone->contents;
}

Imported import_any(World& world, repository::Repository& repository, const std::string& path,
                    const SecretText& app_backup_password, const std::stop_token& stop) {
    std::error_code failed;
    if (!std::filesystem::is_regular_file(path, failed)) {
        return import_folder_of_any(world, repository, path, stop);
    }
    const AppBackupFile file = app_backup_file(path);
    auto taken = engine::import_app_backup(*file.tree, file.path, repository, app_backup_password,
                                           world.context(stop));
    return {.backup = std::move(taken.backup), .apps = std::move(taken.apps)};
}

SecretText app_backup_password(World& world, const std::string& file, const std::stop_token& stop) {
    if (file.empty()) return {};
    Settings settings;
    settings.password_file = file;
    return read_password(settings, PasswordUse::open_existing, world.prompt(), world.process(),
                         stop);
}

AppBackupFile app_backup_file(const std::string& path) {
    const std::filesystem::path file(path);
    return {std::make_shared<FolderTree>(file.parent_path().string()),
            ItemPath(file.filename().string())};
}

AppBackupFile app_backup_file(const FoundSnapshot& found, const std::stop_token& stop) {
    AppBackupFile file{found.place.repository->read(found.snapshot, stop),
                       engine::app_backup_path()};
    if (!file.tree->find(file.path)) {
        throw Missing("there is no data of apps in this backup",
                      "lifeboat backup --legacy-ab asks the phone for it. Messages, contacts and "
                      "the like are no data of apps: lifeboat ls SNAPSHOT personal.");
    }
    return file;
}

TakenOut take_out(const AppBackupFile& file, const SecretText& password,
                  const std::string& folder) {
    FolderItems sink(folder);
    ab::push_archive(*file.open(), password, ItemPath(), sink);
    return sink.finish();
}

}  // namespace lifeboat::app
