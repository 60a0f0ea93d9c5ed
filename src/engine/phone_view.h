// A backup as the phone itself would list it: what an inventory of the phone can be held against.
//
// Of an Android phone that is the backup. An iPhone's backup has names of its own; what it holds is
// known once it was opened.
#pragma once

#include "engine/coverage.h"
#include "engine/engine.h"
#include "engine/iphone_contents.h"
#include "engine/manifest.h"

#include <map>
#include <optional>
#include <set>

namespace lifeboat::engine {

struct PhoneView {
    Manifest manifest{};  // paths as in the phone's inventory; without hashes for an iPhone
    // Where a file's bytes are in the snapshot, when not under its own path.
    std::map<ItemPath, ItemPath> stored{};

    // Those of `wrong`, which are paths of the snapshot, as paths of the phone.
    std::set<ItemPath> as_listed(const std::set<ItemPath>& wrong) const;
};

PhoneView view_of(const Manifest& manifest);
// Of an iPhone: nothing is known to be held while nobody could open it.
PhoneView view_of_iphone(const Manifest& manifest, const IphoneContents* contents);

// An iPhone shows its media folder as "Media/...", its backup has it in one of two domains. The
// name of a listed file in the backup, whose bytes are at `stored`; and the other way, for what a
// person names either way, or short ("DCIM/...").
ItemPath name_in_backup(const ItemPath& listed, const ItemPath& stored);
ItemPath name_on_phone(const ItemPath& named);

// Of a snapshot; nothing when it has no manifest. Throws Corrupt.
std::optional<PhoneView> load_phone_view(const FileTree& snapshot);

// What the newest backup of a phone in a place holds; nothing where there is no place or no backup.
// Throws what the place throws.
HeldByPlace held_by(const Place& place, const std::string& device_key, const std::stop_token& stop);

checklist::Platform platform_of(const phone::Facts& facts);

}  // namespace lifeboat::engine
