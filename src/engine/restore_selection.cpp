#include "engine/restore_selection.h"

#include "base/text.h"
#include "engine/app_backup.h"

#include <algorithm>
#include <map>

namespace lifeboat::engine {

namespace {

bool is_of_apps(const ItemPath& path, const AppsInBackup& apps) {
    return apps.there && path.is_within(apps_folder());
}

// "DCIM/Camera" stands for "sdcard/DCIM/Camera" as well.
bool is_meant(const ItemPath& wanted, const ItemPath& path) {
    if (path.is_within(wanted)) return true;
    const size_t root = path.text().find('/');
    const auto below =
        ItemPath::parse(path.text().substr(root == std::string::npos ? 0 : root + 1));
    return below && below->is_within(wanted);
}

bool is_wanted_by(const ItemPath& wanted, const std::vector<PathNote>& lost) {
    return std::any_of(lost.begin(), lost.end(),
                       [&](const PathNote& note) { return is_meant(wanted, note.path); });
}

// Below "apps" nothing else is meant, least of all what has the same name somewhere else.
void require_of_apps(const FileTree& tree, const ItemPath& path, const AppsInBackup& apps) {
    const std::string text = "the backup has no '" + printable(path.text()) + "'";
    if (!tree.find(app_backup_path())) {
        throw Missing(text, "Its data of apps is lost: " + app_backup_path().text() +
                                " is not in the backup any more. Another backup may have it.");
    }
    if (apps.opened == nullptr) {
        throw Missing(text, "The data of apps is one file here, " + app_backup_path().text() +
                                ". It comes back by 'lifeboat restore --to', and goes onto a "
                                "phone by 'lifeboat snapshot apps --onto-phone'.");
    }
    apps.opened->require_open();
    if (tree.find(path)) return;
    const std::string damage = apps.opened->damage();
    if (damage.empty()) throw Missing(text, "Look for it with 'lifeboat ls'.");
    throw Corrupt(text + " before the damage: " + damage,
                  "Another place, or another backup, may have it whole.");
}

std::vector<ItemPath> roots_of(const FileTree& tree) {
    std::vector<ItemPath> roots;
    tree.list(ItemPath{}, [&](const Item& item) {
        if (item.kind == ItemKind::folder && item.path != records_folder())
            roots.push_back(item.path);
    });
    // What an app called itself never stands before the phone's own files.
    std::stable_partition(roots.begin(), roots.end(),
                          [](const ItemPath& root) { return root != apps_folder(); });
    return roots;
}

// Nothing: it is nowhere.
std::optional<ItemPath> find_in(const FileTree& tree, const ItemPath& path,
                                const std::vector<ItemPath>& roots) {
    if (tree.find(path)) return path;
    for (const ItemPath& root : roots) {
        auto there = ItemPath::parse(root.text() + "/" + path.text());
        if (there && tree.find(*there)) return there;
    }
    return std::nullopt;
}

[[noreturn]] void not_there(const ItemPath& path, const AppsInBackup& apps) {
    const std::string text = "the backup has no '" + printable(path.text()) + "'";
    const std::string damage = apps.opened == nullptr ? "" : apps.opened->damage();
    if (damage.empty()) throw Missing(text, "Look for it with 'lifeboat find' or 'lifeboat ls'.");
    throw Missing(text + "; the data of apps in it is not whole: " + damage,
                  "Look for it with 'lifeboat find' or 'lifeboat ls'.");
}

std::vector<ItemPath> resolve(const FileTree& tree, const std::vector<ItemPath>& wanted,
                              const std::vector<PathNote>& lost, const AppsInBackup& apps) {
    std::vector<ItemPath> roots = roots_of(tree);
    if (wanted.empty()) {
        tree.list(ItemPath{}, [&](const Item& item) {
            if (item.kind == ItemKind::file) roots.push_back(item.path);
        });
        return roots;
    }
    std::vector<ItemPath> found;
    for (const ItemPath& path : wanted) {
        if (is_of_apps(path, apps)) {
            require_of_apps(tree, path, apps);
            found.push_back(path);
        } else if (auto there = find_in(tree, path, roots)) {
            found.push_back(std::move(*there));
        } else if (!is_wanted_by(path, lost)) {
            not_there(path, apps);
        }
    }
    return found;
}

}  // namespace

bool has_lost_apps(const FileTree& tree, const std::optional<Manifest>& manifest) {
    return manifest && manifest->files.contains(app_backup_path()) &&
           !tree.find(app_backup_path()) && !tree.find(apps_folder());
}

std::vector<PathNote> lost_of(const FileTree& tree, const std::optional<Manifest>& manifest,
                              const std::vector<ItemPath>& wanted, const AppsInBackup& apps) {
    std::vector<PathNote> lost;
    if (!manifest) return lost;
    for (const ItemPath& path : left_out(*manifest, tree)) {
        const bool meant = wanted.empty() || std::ranges::any_of(wanted, [&](const ItemPath& one) {
                               return !is_of_apps(one, apps) && is_meant(one, path);
                           });
        if (meant) lost.push_back({path, left_out_reason});
    }
    return lost;
}

bool Selection::has_apps() const {
    return std::ranges::any_of(items,
                               [](const Item& item) { return item.path.is_within(apps_folder()); });
}

Selection select(const FileTree& tree, const std::vector<ItemPath>& wanted,
                 const std::vector<PathNote>& lost, const AppsInBackup& apps) {
    std::map<ItemPath, Item> items;
    for (const ItemPath& path : resolve(tree, wanted, lost, apps)) {
        const auto item = tree.find(path);
        items.emplace(path, *item);
        if (item->kind != ItemKind::folder) continue;
        walk(tree, path, [&](const Item& below) { items.emplace(below.path, below); });
    }
    Selection selection;
    for (const auto& [path, item] : items) {
        selection.items.push_back(item);
        if (item.kind != ItemKind::file) continue;
        ++selection.files;
        selection.bytes += item.size;
    }
    return selection;
}

}  // namespace lifeboat::engine
