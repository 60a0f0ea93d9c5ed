// The numbers by which the kernel knows what is shown, and what stands behind each.
//
// Only folders are remembered, and only while the kernel knows them: a file's number is the number
// of its folder with its place in there, so that a mount of millions of files needs no memory for
// them. A folder keeps its number while it is known; numbers never come back.
#pragma once

#include "base/guarded.h"
#include "mount/catalogue.h"

#include <cstdint>
#include <map>
#include <set>
#include <unordered_map>

namespace lifeboat::mount {

using Number = uint64_t;

// What the kernel asks about: an entry of a backup's folder, or a folder or link above.
struct Found {
    Number number = 0;
    bool fixed = true;  // part of a backup: it never changes
    OpenEntry entry{};  // without its name
    // Of an entry of a backup's folder: where it stands. Null for a backup's root and above.
    std::shared_ptr<const FolderListing> in{};
    size_t place = 0;
    std::string link_target{};  // of a link above the backups
};

// A folder as it is listed.
struct Opened {
    std::shared_ptr<const FolderListing> listing{};         // of a backup; or else:
    std::vector<std::pair<std::string, Number>> entries{};  // above the backups
};

// Any thread.
class Inodes {
public:
    static constexpr Number root = 1;  // as FUSE has it

    Inodes();

    // Takes in what is shown now. What is no longer shown stays usable for whoever holds it.
    void show(const Catalogue& catalogue);

    // What `name` is in a folder; the kernel then knows it once more. Nothing: there is none.
    // Throws Missing when the folder is not known, and what the backup throws.
    std::optional<Found> lookup(Number folder, std::string_view name, const std::stop_token& stop);
    // Entry `place` of an opened folder of a backup; the kernel then knows it once more.
    Found enter(Number folder, const std::shared_ptr<const FolderListing>& listing, size_t place);
    // Throws Missing.
    Found find(Number number, const std::stop_token& stop);
    Opened open_folder(Number number, const std::stop_token& stop);
    // The kernel forgets `times` of what it learned by lookup() and enter().
    void forget(Number number, uint64_t times);

    // Below the mount, for people; best effort.
    std::string path_of(Number number, const std::stop_token& stop);
    // False for what no file system can show.
    static bool can_be_shown(const FolderListing& listing, size_t place);
    // The number of entry `place` in `folder` for a listing, where the kernel need not know it.
    static Number listed_number(Number folder, size_t place);
    size_t folders_known() const;

private:
    struct Folder {
        Number parent = 0;
        size_t place = 0;  // in the parent, for a folder of a backup
        uint64_t lookups = 0;
        TimePoint modified{};
        std::shared_ptr<const OpenFolder> backup{};  // null above the backups
        // Above the backups only. A link has a target and no children.
        std::string name{};
        std::string key{};
        std::string link_target{};
        std::map<std::string, Number, std::less<>> children{};
        bool is_above() const { return place == above; }
    };
    static constexpr size_t above = SIZE_MAX;  // as a place: a folder or link above the backups

    struct State {
        std::unordered_map<Number, Folder> folders;
        std::map<std::pair<Number, size_t>, Number>
            of_place;  // (parent, place): folders of backups
        Number next = 2;
    };

    static void show_one(State& state, const Shown& one, std::set<Number>& shown);
    static Number child_above(State& state, Number parent, const std::string& name);
    static Found found_above(Number number, const Folder& folder);
    Found found_in(Number folder, const std::shared_ptr<const FolderListing>& listing,
                   size_t place);
    Folder folder(Number number) const;

    Guarded<State> state_;
};

}  // namespace lifeboat::mount
