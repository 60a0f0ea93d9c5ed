#include "phone/ios/tree_folder.h"

#include "base/error.h"
#include "base/text.h"
#include "phone/ios/sink_folder.h"

#include <algorithm>

namespace lifeboat::phone::ios {

namespace {

// A phone that copies nothing needs no room; it is not told of any.
constexpr uint64_t room_for_copies = uint64_t{1} << 50;

ItemPath below(const ItemPath& to, const ItemPath& path, const ItemPath& from) {
    return ItemPath(to.text() + path.text().substr(from.text().size()));
}

[[noreturn]] void refuse(const ItemPath& path) {
    throw Denied("the iPhone wants to change \"" + printable(path.text()) +
                     "\" in the backup that it restores",
                 "The backup was not changed.");
}

}  // namespace

TreeFolder::TreeFolder(const FileTree& tree, OnProgress on_progress)
    : tree_(tree), on_progress_(std::move(on_progress)) {}

ItemPath TreeFolder::source_of(const ItemPath& path) const {
    for (const auto& [copy, original] : copies_) {
        if (path.is_within(copy)) return below(original, path, copy);
    }
    return path;
}

std::optional<Item> TreeFolder::find(const ItemPath& path) const {
    if (folders_.contains(path)) return Item{.path = path, .kind = ItemKind::folder};
    return tree_.find(source_of(path));
}

std::optional<BackupFolder::Readable> TreeFolder::open(const ItemPath& path) {
    return readable(tree_, source_of(path));
}

void TreeFolder::store(const ItemPath& path, ByteSource&) {
    refuse(path);
}

std::optional<std::vector<DlEntry>> TreeFolder::list(const ItemPath& path) {
    if (!find(path)) return std::nullopt;
    auto entries = dl_entries(tree_, source_of(path));
    if (!entries && !folders_.contains(path)) return std::nullopt;
    if (!entries) entries.emplace();
    const auto add = [&](const ItemPath& made) {
        if (made.parent() != path) return;
        const std::string name(made.name());
        const bool known = std::any_of(entries->begin(), entries->end(),
                                       [&](const DlEntry& entry) { return entry.name == name; });
        const auto item = find(made);
        if (known || !item) return;
        entries->push_back({.name = name,
                            .kind = item->kind == ItemKind::folder ? DlKind::folder : DlKind::file,
                            .size = item->size,
                            .modified = plist::Date::from(item->modified)});
    };
    for (const ItemPath& folder : folders_) add(folder);
    for (const auto& [copy, original] : copies_) add(copy);
    return entries;
}

bool TreeFolder::make_folder(const ItemPath& path) {
    if (find(path)) return false;
    for (ItemPath up = path; !find(up); up = up.parent()) folders_.insert(up);
    return true;
}

bool TreeFolder::move(const ItemPath& from, const ItemPath& to) {
    if (!find(from)) return false;
    if (!copies_.contains(from)) refuse(from);
    const ItemPath original = copies_.at(from);
    copies_.erase(from);
    copies_[to] = original;
    return true;
}

bool TreeFolder::remove(const ItemPath& path) {
    if (!find(path)) return false;
    const size_t removed =
        std::erase_if(copies_, [&](const auto& entry) { return entry.first.is_within(path); }) +
        std::erase_if(folders_, [&](const ItemPath& folder) { return folder.is_within(path); });
    if (removed == 0) refuse(path);
    return true;
}

bool TreeFolder::copy(const ItemPath& from, const ItemPath& to) {
    if (!find(from)) return false;
    if (to.is_within(from)) throw Misuse("a folder cannot be copied into itself");
    copies_[to] = source_of(from);
    return true;
}

uint64_t TreeFolder::free_bytes() {
    return room_for_copies;
}

void TreeFolder::progress(double percent) {
    if (on_progress_) on_progress_(percent);
}

}  // namespace lifeboat::phone::ios
