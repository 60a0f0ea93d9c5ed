#include "mount/inodes.h"

#include "base/error.h"
#include "base/text.h"

#include <sys/stat.h>

#include <algorithm>
#include <set>

namespace lifeboat::mount {

namespace {

// A file is (its folder's number, its place + 1) in one number. 16 million entries a folder: the
// tree of such a folder would be a blob of 5 GB, more than a blob can be.
constexpr unsigned place_bits = 24;
constexpr Number place_mask = (Number{1} << place_bits) - 1;

Number number_of(Number folder) {
    return folder == 1 ? Inodes::root : folder << place_bits;
}
// The folder's own number, or that of the folder a file is in.
Number folder_of(Number number) {
    return number == Inodes::root ? 1 : number >> place_bits;
}
bool is_folder_number(Number number) {
    return number == Inodes::root || (number & place_mask) == 0;
}

constexpr uint32_t folder_mode = S_IFDIR | 0555;
constexpr uint32_t link_mode = S_IFLNK | 0777;

}  // namespace

Inodes::Inodes() {
    state_.with([](State& s) { s.folders[1].place = above; });
}

Number Inodes::child_above(State& state, Number parent, const std::string& name) {
    const auto known = state.folders[parent].children.find(name);
    if (known != state.folders[parent].children.end()) return known->second;
    const Number number = state.next++;
    state.folders[parent].children[name] = number;
    Folder& made = state.folders[number];
    made.parent = parent;
    made.place = above;
    made.name = name;
    return number;
}

void Inodes::show_one(State& state, const Shown& one, std::set<Number>& shown) {
    const auto newer = [&](Number number) {
        // A folder is as new as the newest thing in it.
        TimePoint& modified = state.folders[number].modified;
        modified = std::max(modified, one.modified);
    };
    Number parent = 1;
    newer(parent);
    const std::vector<std::string_view> parts = one.path.parts();
    for (size_t i = 0; i + 1 < parts.size(); ++i) {
        parent = child_above(state, parent, std::string(parts[i]));
        shown.insert(parent);
        newer(parent);
    }
    const std::string name(one.path.name());
    auto& siblings = state.folders[parent].children;
    const auto same = siblings.find(name);
    if (same != siblings.end() && state.folders[same->second].key != one.key) siblings.erase(same);
    const Number number = child_above(state, parent, name);
    shown.insert(number);
    Folder& last = state.folders[number];
    last.key = one.key;
    last.link_target = one.link_target;
    last.modified = one.modified;
    last.backup = one.backup;
}

void Inodes::show(const Catalogue& catalogue) {
    state_.with([&](State& s) {
        std::set<Number> shown;
        for (const Shown& one : catalogue) show_one(s, one, shown);
        // Gone from the listings; the records stay for whoever stands in them.
        for (auto& [number, folder] : s.folders) {
            std::erase_if(folder.children,
                          [&](const auto& child) { return !shown.contains(child.second); });
        }
    });
}

Found Inodes::found_above(Number number, const Folder& folder) {
    const bool link = !folder.link_target.empty();
    return {.number = number_of(number),
            .fixed = folder.backup != nullptr,
            .entry = {.mode = link ? link_mode : folder_mode,
                      .size = folder.link_target.size(),
                      .modified = folder.modified,
                      .accessed = folder.modified,
                      .changed = folder.modified},
            .link_target = folder.link_target};
}

Inodes::Folder Inodes::folder(Number number) const {
    auto found = state_.with([&](const State& s) -> std::optional<Folder> {
        const auto at = s.folders.find(number);
        if (at == s.folders.end()) return std::nullopt;
        // The children are looked at under the lock, where they are needed.
        const Folder& f = at->second;
        return Folder{.parent = f.parent,
                      .place = f.place,
                      .modified = f.modified,
                      .backup = f.backup,
                      .name = f.name,
                      .link_target = f.link_target};
    });
    if (!found) throw Missing("the folder is no longer known");
    return *found;
}

Found Inodes::found_in(Number folder, const std::shared_ptr<const FolderListing>& listing,
                       size_t place) {
    Found found{.number = listed_number(folder, place),
                .entry = listing->entry(place),
                .in = listing,
                .place = place};
    return found;
}

Found Inodes::enter(Number number, const std::shared_ptr<const FolderListing>& listing,
                    size_t place) {
    const Number folder = folder_of(number);
    Found found = found_in(number, listing, place);
    if (!S_ISDIR(found.entry.mode)) return found;
    found.number = state_.with([&](State& s) {
        Number& known = s.of_place[{folder, place}];
        if (known == 0) {
            known = s.next++;
            Folder& made = s.folders[known];
            made.parent = folder;
            made.place = place;
            made.backup = listing->folder(place);
        }
        ++s.folders[known].lookups;
        return number_of(known);
    });
    return found;
}

std::optional<Found> Inodes::lookup(Number number, std::string_view name,
                                    const std::stop_token& stop) {
    const Folder at = folder(folder_of(number));
    if (at.backup == nullptr) {
        return state_.with([&](const State& s) -> std::optional<Found> {
            const auto parent = s.folders.find(folder_of(number));
            if (parent == s.folders.end()) return std::nullopt;
            const auto child = parent->second.children.find(name);
            if (child == parent->second.children.end()) return std::nullopt;
            return found_above(child->second, s.folders.at(child->second));
        });
    }
    const auto listing = at.backup->listing(stop);
    const auto place = listing->find(name);
    if (!place || !can_be_shown(*listing, *place)) return std::nullopt;
    return enter(number, listing, *place);
}

Found Inodes::find(Number number, const std::stop_token& stop) {
    const Folder at = folder(folder_of(number));
    if (!is_folder_number(number)) {
        const auto listing = at.backup != nullptr ? at.backup->listing(stop) : nullptr;
        const auto place = static_cast<size_t>((number & place_mask) - 1);
        if (listing == nullptr || place >= listing->size()) throw Missing("there is no such file");
        return found_in(number_of(folder_of(number)), listing, place);
    }
    if (at.is_above()) return found_above(folder_of(number), at);
    const auto listing = folder(at.parent).backup->listing(stop);
    Found found = found_in(number_of(at.parent), listing, at.place);
    found.number = number;
    return found;
}

Opened Inodes::open_folder(Number number, const std::stop_token& stop) {
    const Folder at = folder(folder_of(number));
    if (at.backup != nullptr) return {.listing = at.backup->listing(stop)};
    Opened opened;
    state_.with([&](const State& s) {
        const auto found = s.folders.find(folder_of(number));
        if (found == s.folders.end()) return;
        for (const auto& [name, child] : found->second.children) {
            opened.entries.emplace_back(name, number_of(child));
        }
    });
    return opened;
}

void Inodes::forget(Number number, uint64_t times) {
    if (!is_folder_number(number)) return;
    state_.with([&](State& s) {
        const auto found = s.folders.find(folder_of(number));
        if (found == s.folders.end() || found->second.is_above()) return;
        Folder& known = found->second;
        known.lookups -= std::min(known.lookups, times);
        if (known.lookups > 0) return;
        s.of_place.erase({known.parent, known.place});
        s.folders.erase(found);
    });
}

std::string Inodes::path_of(Number number, const std::stop_token& stop) {
    std::string path;
    const auto prepend = [&](std::string_view name) {
        path = path.empty() ? std::string(name) : std::string(name) + "/" + path;
    };
    if (!is_folder_number(number)) {
        const auto listing = folder(folder_of(number)).backup->listing(stop);
        prepend(listing->entry(static_cast<size_t>((number & place_mask) - 1)).name);
    }
    for (Number at = folder_of(number); at != 1;) {
        const Folder one = folder(at);
        if (one.is_above())
            prepend(one.name);
        else
            prepend(folder(one.parent).backup->listing(stop)->entry(one.place).name);
        // For messages; a hostile backup must not decide how long one is.
        if (path.size() > ItemPath::max_length) return ".../" + path;
        at = one.parent;
    }
    return path;
}

bool Inodes::can_be_shown(const FolderListing& listing, size_t place) {
    return place + 1 < place_mask && listing.can_be_shown(place);
}

Number Inodes::listed_number(Number folder, size_t place) {
    return (folder_of(folder) << place_bits) | ((Number{place} + 1) & place_mask);
}

size_t Inodes::folders_known() const {
    return state_.with([](const State& s) { return s.folders.size(); });
}

}  // namespace lifeboat::mount
