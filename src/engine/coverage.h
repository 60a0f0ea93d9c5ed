// What the phone holds against what each place holds: items and manifests, made ready for the
// subtraction.
#pragma once

#include "checklist/completeness.h"
#include "engine/manifest.h"
#include "phone/phone.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace lifeboat::engine {

// What a place holds of this phone, less what was found wrong there.
struct HeldByPlace {
    std::string place{};
    Manifest manifest{};
    std::set<ItemPath> wrong{};
};

// Paths the phone refused, from listing it and from reading it.
using Refused = std::map<ItemPath, std::string>;

// A file whose size or date differs from what the place holds is not held by it.
checklist::Completeness coverage(const phone::Inventory& inventory,
                                 const Refused& refused_while_reading,
                                 const std::vector<HeldByPlace>& places);

// Files that are new on the phone, or changed there, since the manifest was made.
std::set<ItemPath> new_since(const phone::Inventory& inventory, const Manifest& manifest);

}  // namespace lifeboat::engine
