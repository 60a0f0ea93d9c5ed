// Which items of a backup a person means by the paths they typed.
#pragma once

#include "engine/engine.h"
#include "engine/tree_with_apps.h"

#include <optional>
#include <vector>

namespace lifeboat::engine {

// The data of apps in a backup: what is typed below "apps" means it alone, open or not.
struct AppsInBackup {
    bool there = false;
    const TreeWithApps* opened = nullptr;  // null: it is one file here
};

// Whether the backup once had the data of apps, and has it no more.
bool has_lost_apps(const FileTree& tree, const std::optional<Manifest>& manifest);

// What is wanted, was in the backup once, and is not any more: named, so that nobody takes what
// comes back for all there was. `wanted` empty: everything.
std::vector<PathNote> lost_of(const FileTree& tree, const std::optional<Manifest>& manifest,
                              const std::vector<ItemPath>& wanted, const AppsInBackup& apps);

struct Selection {
    std::vector<Item> items{};  // parents before children
    uint64_t files = 0, bytes = 0;

    bool has_apps() const;  // something of the data of apps
};

// "DCIM/Camera" stands for "sdcard/DCIM/Camera" where only the latter exists. Throws Missing for
// what is neither there nor lost; for a path below "apps" also what TreeWithApps::require_open
// throws, and Corrupt when it may stand behind the damage.
Selection select(const FileTree& tree, const std::vector<ItemPath>& wanted,
                 const std::vector<PathNote>& lost, const AppsInBackup& apps);

}  // namespace lifeboat::engine
