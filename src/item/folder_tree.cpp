#include "item/folder_tree.h"

#include "base/error.h"
#include "base/text.h"

#include <dirent.h>
#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <vector>

namespace lifeboat {

using folder_access::Descriptor;
using folder_access::fail;
using folder_access::item_at;
using folder_access::open_at;
using folder_access::open_parent;
using folder_access::shown;

namespace {

constexpr int folder_flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

struct CloseDir {
    void operator()(DIR* folder) const { ::closedir(folder); }
};

// Names that no item can have are passed over: there are none in what is read this way.
std::vector<std::string> names_in(int folder) {
    Descriptor own(::openat(folder, ".", folder_flags));
    if (own.get() < 0) fail("opening a folder");
    const std::unique_ptr<DIR, CloseDir> listing(::fdopendir(own.get()));
    if (!listing) fail("listing a folder");
    own.release();  // the listing closes it
    std::vector<std::string> names;
    errno = 0;
    while (const dirent* entry = ::readdir(listing.get())) {
        if (ItemPath::is_valid_part(entry->d_name)) names.emplace_back(entry->d_name);
        errno = 0;
    }
    if (errno != 0) fail("listing a folder");
    std::sort(names.begin(), names.end());
    return names;
}

}  // namespace

FolderTree::FolderTree(const std::string& root)
    : root_(::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    if (root_.get() < 0) fail("opening the folder '" + printable(root) + "'");
}

std::optional<Item> FolderTree::find(const ItemPath& path) const {
    if (path.is_root()) return Item{.kind = ItemKind::folder, .mode = 0755};
    const auto parent = open_parent(root_.get(), path, false);
    if (!parent) return std::nullopt;
    return item_at(parent->get(), path);
}

void FolderTree::list(const ItemPath& folder, const Each& each) const {
    // The folder itself is the parent of any child.
    const auto opened = open_parent(root_.get(), folder.child("x"), false);
    if (!opened) throw Missing("there is no folder " + shown(folder));
    for (const std::string& name : names_in(opened->get())) {
        if (const auto item = item_at(opened->get(), folder.child(name))) each(*item);
    }
}

std::unique_ptr<ByteSource> FolderTree::open(const ItemPath& path) const {
    const auto parent = open_parent(root_.get(), path, false);
    if (!parent) throw Missing("there is no file " + shown(path));
    return open_at(parent->get(), path);
}

}  // namespace lifeboat
