#include "engine/shelf.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace lifeboat::engine {

namespace {

constexpr std::string_view ids_folder = "ids";
constexpr std::string_view latest = "latest";
constexpr size_t longest_name = 200;  // a suffix still fits into the 255 bytes of a file name

std::string phone_key(const repository::Snapshot& snapshot) {
    const std::string prefix = tag_phone("");
    for (const std::string& tag : snapshot.tags) {
        if (tag.starts_with(prefix)) return tag.substr(prefix.size());
    }
    return {};
}

// Any text as the name of a folder.
std::string file_name(std::string text) {
    if (text.size() > longest_name) text.resize(longest_name);
    for (char& c : text) {
        if (c == '/' || c == '\0') c = '_';
    }
    if (text.empty()) return "unnamed";
    if (text == "." || text == ".." || text == ids_folder) return text + "_";
    return text;
}

// The first of "name", "name-2", "name-3" ... that is not taken.
std::string unused(const std::string& name, std::set<std::string>& taken) {
    std::string candidate = name;
    for (size_t i = 2; !taken.insert(candidate).second; ++i) {
        candidate = fmt::format("{}-{}", name, i);
    }
    return candidate;
}

struct Owner {
    std::string key{};   // of the phone; empty for another program's backup
    std::string name{};  // model or host
    auto operator<=>(const Owner&) const = default;
};

Owner owner_of(const repository::Snapshot& snapshot) {
    return {.key = phone_key(snapshot), .name = file_name(snapshot.hostname)};
}

// A folder name for each owner; phones of one model, and a computer named like a phone, are told
// apart.
std::map<Owner, std::string> name_owners(const std::vector<repository::Snapshot>& snapshots) {
    std::map<Owner, std::string> folders;
    std::map<std::string, size_t> bearers;
    for (const auto& snapshot : snapshots) {
        if (folders.try_emplace(owner_of(snapshot)).second) ++bearers[owner_of(snapshot).name];
    }
    std::set<std::string> taken;
    for (auto& [owner, folder] : folders) {
        const bool plain = owner.key.empty() || bearers[owner.name] == 1;
        folder = unused(plain ? owner.name : file_name(owner.name + " (" + owner.key + ")"), taken);
    }
    return folders;
}

std::string short_of(const repository::SnapshotId& id) {
    return id.hex().substr(0, 8);
}

}  // namespace

std::vector<ShelfPlace> shelve(const std::vector<repository::Snapshot>& snapshots,
                               const std::function<std::string(TimePoint)>& date) {
    const auto folders = name_owners(snapshots);
    std::map<std::string, std::set<std::string>> taken;
    std::map<std::string, std::pair<size_t, std::string>> newest;  // by folder
    std::vector<ShelfPlace> shelf;
    for (size_t i = 0; i < snapshots.size(); ++i) {
        const std::string id = unused(short_of(snapshots[i].id), taken[std::string(ids_folder)]);
        shelf.push_back({.path = ItemPath(ids_folder).child(id), .snapshot = i});
        // A journal of a run that was cut off is no backup to look for things in.
        if (!is_finished(snapshots[i])) continue;
        const std::string& folder = folders.at(owner_of(snapshots[i]));
        const std::string name = unused(file_name(date(snapshots[i].time)), taken[folder]);
        shelf.push_back({.path = ItemPath().child(folder).child(name), .snapshot = i});
        if (has_tag(snapshots[i], tag_audit)) continue;
        const auto found = newest.find(folder);
        if (found == newest.end() ||
            is_newer_backup(snapshots[i], snapshots[found->second.first])) {
            newest[folder] = {i, name};
        }
    }
    for (const auto& [folder, backup] : newest) {
        shelf.push_back({.path = ItemPath().child(folder).child(latest),
                         .snapshot = backup.first,
                         .link_target = backup.second});
    }
    return shelf;
}

}  // namespace lifeboat::engine
