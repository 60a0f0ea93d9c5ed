#include "engine/tree_with_apps.h"

#include "base/text.h"
#include "engine/app_backup.h"

#include <algorithm>

namespace lifeboat::engine {

namespace {

constexpr std::string_view shared = "shared";

Item folder_item(const ItemPath& path) {
    return {.path = path, .kind = ItemKind::folder, .mode = 0755};
}

// "apps/com.example.notes/f" is that in the file, too; "apps/shared/0" is "shared/0". An app cannot
// be called "shared": the names of packages have a dot.
ItemPath in_archive(const ItemPath& path) {
    const std::string below = apps_folder().text() + "/" + std::string(shared);
    if (!path.is_within(ItemPath(below))) return path;
    return ItemPath(path.text().substr(apps_folder().text().size() + 1));
}

Item shown(Item item) {
    if (item.path.is_within(ItemPath(shared))) {
        if (auto path = ItemPath::parse(apps_folder().text() + "/" + item.path.text())) {
            item.path = *path;
        }
    }
    return item;
}

}  // namespace

const ItemPath& apps_folder() {
    static const ItemPath path("apps");
    return path;
}

bool has_closed_apps(const FileTree& snapshot) {
    const auto file = snapshot.find(app_backup_path());
    return file && file->kind == ItemKind::file && !snapshot.find(apps_folder());
}

TreeWithApps::TreeWithApps(std::shared_ptr<const FileTree> snapshot, const SecretText& password,
                           EventSink& events, std::stop_token stop)
    : snapshot_(std::move(snapshot)),
      password_(password.duplicate()),
      events_(events),
      stop_(std::move(stop)) {}

std::unique_ptr<ByteSource> TreeWithApps::open_archive() const {
    return snapshot_->open(app_backup_path());
}

void TreeWithApps::say(State& state, const std::string& why) const {
    state.opens = false;
    events_.on(Noted{Severity::warning, "The data of apps in this backup is shown as one file, " +
                                            app_backup_path().text() + ": " + why});
}

bool TreeWithApps::opens() const {
    return state_.with([&](State& state) {
        if (state.opens) return *state.opens;
        try {
            const auto raw = open_archive();
            const ab::Payload payload(*raw, password_);
            state.opens = true;
        } catch (const ab::WrongPassword&) {
            say(state, password_.empty() ? "it is encrypted, and --ab-password-file was not given"
                                         : "this password does not open it");
        } catch (const ab::NothingSaved&) {
            say(state, "it is empty");
        } catch (const Corrupt& broken) {
            say(state, broken.message());
            state.damage = broken.message();
        } catch (const Unsupported& unknown) {
            say(state, unknown.message());
        }
        return *state.opens;
    });
}

std::shared_ptr<const ab::ArchiveTree> TreeWithApps::apps() const {
    if (!opens()) return nullptr;
    return state_.with([&](State& state) {
        if (state.apps != nullptr) return state.apps;
        auto apps =
            std::make_shared<ab::ArchiveTree>([this] { return open_archive(); }, password_, stop_);
        if (!apps->damage().empty()) {
            state.damage = apps->damage();
            events_.on(Noted{Severity::warning,
                             "The data of apps in this backup is not whole; what comes before the "
                             "damage is shown: " +
                                 apps->damage()});
        }
        if (apps->left_out() > 0) {
            events_.on(Noted{Severity::warning,
                             human_count(apps->left_out()) +
                                 " entries of the data of apps are not shown: links, or names that "
                                 "no file may have"});
        }
        state.apps = std::move(apps);
        return state.apps;
    });
}

std::optional<Item> TreeWithApps::find(const ItemPath& path) const {
    if (!path.is_within(apps_folder())) return snapshot_->find(path);
    if (path == apps_folder()) return opens() ? std::optional(folder_item(path)) : std::nullopt;
    const auto there = apps();
    if (there == nullptr) return std::nullopt;
    auto item = there->find(in_archive(path));
    return item ? std::optional(shown(std::move(*item))) : std::nullopt;
}

void TreeWithApps::list(const ItemPath& folder, const Each& each) const {
    std::vector<Item> children;
    const auto take = [&](const Item& item) { children.push_back(shown(item)); };
    if (folder.is_root()) {
        snapshot_->list(folder, [&](const Item& item) { children.push_back(item); });
        if (opens()) children.push_back(folder_item(apps_folder()));
    } else if (!folder.is_within(apps_folder())) {
        return snapshot_->list(folder, each);
    } else {
        const auto there = apps();
        if (there == nullptr)
            throw Missing("there is no folder '" + printable(folder.text()) + "'");
        const bool top = folder == apps_folder();
        if (!top || there->find(folder)) there->list(in_archive(folder), take);
        if (top && there->find(ItemPath(shared))) take(*there->find(ItemPath(shared)));
    }
    std::ranges::sort(children, {}, [](const Item& item) { return item.path.name(); });
    for (const Item& item : children) each(item);
}

std::unique_ptr<ByteSource> TreeWithApps::open(const ItemPath& path) const {
    if (!path.is_within(apps_folder())) return snapshot_->open(path);
    const auto there = apps();
    if (there == nullptr) throw Missing("there is no file '" + printable(path.text()) + "'");
    return there->open(in_archive(path));
}

std::optional<Digest> TreeWithApps::digest(const ItemPath& path) const {
    if (!path.is_within(apps_folder())) return std::nullopt;
    const auto there = apps();
    return there == nullptr ? std::nullopt : std::optional(there->digest(in_archive(path)));
}

void TreeWithApps::sort_to_read(std::vector<Item>& items) const {
    const auto is_in_file = [](const Item& item) {
        return item.kind == ItemKind::file && item.path.is_within(apps_folder());
    };
    const auto first = std::stable_partition(items.begin(), items.end(), std::not_fn(is_in_file));
    if (first == items.end()) return;
    const auto there = apps();
    std::sort(first, items.end(), [&](const Item& a, const Item& b) {
        return there->position(in_archive(a.path)) < there->position(in_archive(b.path));
    });
}

std::string TreeWithApps::damage() const {
    return state_.with([](const State& state) { return state.damage; });
}

}  // namespace lifeboat::engine
