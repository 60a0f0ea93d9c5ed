// Apps that an update may leave behind: made for an Android so old that a new one refuses to
// install them again.
#pragma once

#include "checklist/evidence.h"
#include "item/item.h"

#include <string>
#include <vector>

namespace lifeboat::engine {

// Their packages, sorted. Reads the list of apps in a snapshot of an Android phone; an app whose
// phone did not tell is not among them. Throws Corrupt, Unsupported.
std::vector<std::string> apps_at_risk(const FileTree& snapshot);

// The same as evidence.
void add_apps_at_risk(checklist::EvidenceBook& book, const FileTree& snapshot, TimePoint now);

}  // namespace lifeboat::engine
