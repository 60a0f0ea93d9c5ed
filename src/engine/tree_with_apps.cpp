#include "engine/tree_with_apps.h"

#include "base/text.h"
#include "engine/app_backup.h"
#include "engine/reading_apps.h"

#include <algorithm>

namespace lifeboat::engine {

namespace {

constexpr std::string_view shared = "shared";
constexpr std::string_view cannot_be_told =
    "Which of its files are wrong cannot be told: any of them may be";

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

KnownApps::Tree KnownApps::find(const Key& key) const {
    return known_.with([&](const auto& known) {
        const auto found = known.find(key);
        return found == known.end() ? nullptr : found->second;
    });
}

void KnownApps::keep(const Key& key, Tree tree) {
    known_.with([&](auto& known) {
        uint64_t memory = tree->memory();
        for (const auto& [other, apps] : known) memory += apps->memory();
        if (memory > most_memory) known.clear();
        known.insert_or_assign(key, std::move(tree));
    });
}

TreeWithApps::TreeWithApps(std::shared_ptr<const FileTree> snapshot, const SecretText& password,
                           EventSink& events, std::stop_token stop, Known known)
    : snapshot_(std::move(snapshot)),
      password_(password.duplicate()),
      events_(events),
      stop_(std::move(stop)),
      known_(std::move(known)) {}

void TreeWithApps::close(State& state, Why why, const std::string& words) const {
    state.opens = false;
    state.why = why;
    state.closed = words;
    if (why == Why::damaged) state.damage = words;
    events_.on(Noted{Severity::warning, "The data of apps in this backup is shown as one file, " +
                                            app_backup_path().text() + ": " + words});
}

bool TreeWithApps::opens() const {
    return state_.with([&](State& state) {
        if (state.opens) return *state.opens;
        try {
            const auto raw = snapshot_->open(app_backup_path());
            const ab::Payload payload(*raw, password_);
            state.opens = true;
        } catch (const ab::WrongPassword&) {
            close(state, Why::password,
                  password_.empty() ? "it is encrypted, and --ab-password-file was not given"
                                    : "this password does not open it");
        } catch (const ab::NothingSaved&) {
            close(state, Why::empty, "it is empty");
        } catch (const Corrupt& broken) {
            close(state, Why::damaged, broken.message());
        } catch (const Unsupported& unknown) {
            close(state, Why::unknown, unknown.message());
        }
        return *state.opens;
    });
}

void TreeWithApps::require_open() const {
    if (opens()) return;
    const auto [why, words] =
        state_.with([](const State& state) { return std::pair(state.why, state.closed); });
    const std::string text = "the data of apps in this backup is closed: " + words;
    const std::string as_one =
        "As one file it comes back all the same: " + app_backup_path().text() + ".";
    switch (why) {
        case Why::empty:
            throw Missing(text, as_one);
        case Why::damaged:
            throw Corrupt(text, "Another place, or another backup, may have it whole.");
        case Why::unknown:
            throw Unsupported(text, as_one);
        case Why::password:
        case Why::open:
            throw Denied(text,
                         "Name the password that was typed on the phone with --ab-password-file.");
    }
}

KnownApps::Tree TreeWithApps::read_apps() const {
    if (known_.apps != nullptr) {
        if (auto there = known_.apps->find(known_.key)) return there;
    }
    const auto file = snapshot_->find(app_backup_path());
    const auto reading = std::make_shared<ReadingApps>(events_, file ? file->size : 0);
    auto apps = std::make_shared<const ab::ArchiveTree>(
        [snapshot = snapshot_, reading = std::weak_ptr(reading)] {
            return told_as_read(snapshot->open(app_backup_path()), reading);
        },
        password_, stop_);
    if (known_.apps != nullptr) known_.apps->keep(known_.key, apps);
    return apps;
}

void TreeWithApps::tell_of(const ab::ArchiveTree& apps) const {
    if (!apps.damage().empty()) {
        events_.on(Noted{Severity::warning,
                         "The data of apps in this backup is not whole; what comes before the "
                         "damage is shown: " +
                             apps.damage() +
                             (apps.is_proven() ? "" : ". " + std::string(cannot_be_told))});
    }
    if (apps.left_out() > 0) {
        events_.on(Noted{Severity::warning,
                         human_count(apps.left_out()) +
                             " entries of the data of apps are not shown: links, or names that "
                             "no file of an app may have"});
    }
}

KnownApps::Tree TreeWithApps::apps() const {
    if (!opens()) return nullptr;
    return state_.with([&](State& state) {
        if (state.apps != nullptr) return state.apps;
        state.apps = read_apps();
        state.damage = state.apps->damage();
        tell_of(*state.apps);
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
    if (!there->is_proven()) {
        throw Corrupt("the data of apps in this backup is damaged: " + there->damage() + ". " +
                          std::string(cannot_be_told),
                      "lifeboat restore --to brings them back as they are, and names them.");
    }
    return there->open(in_archive(path));
}

std::unique_ptr<ByteSource> TreeWithApps::open_unproven(const ItemPath& path) const {
    const auto there = path.is_within(apps_folder()) ? apps() : nullptr;
    return there == nullptr ? snapshot_->open(path) : there->open(in_archive(path));
}

bool TreeWithApps::is_proven(const ItemPath& path) const {
    if (!path.is_within(apps_folder())) return true;
    const auto there = apps();
    return there == nullptr || there->is_proven();
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
