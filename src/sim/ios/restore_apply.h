// The last step of a restore: what came from the computer takes the place of what is on the phone.
#pragma once

#include "sim/ios/manifest_store.h"
#include "sim/ios/restore_options.h"

#include <map>
#include <string>
#include <vector>

namespace lifeboat::sim::ios {

// Which rows a restore brings back with these options, folders before what is in them. Throws
// Corrupt when a row's domain or path would leave the phone's files.
std::vector<ManifestRow> rows_to_restore(const ManifestRows& rows, const RestoreOptions& options);

// Clears the domains of `rows` (and all others, where wanted) up to what no backup has and to
// settings that stay, then puts the rows in place: folders, files moved from `arrived`/<id>, links,
// with their rights and dates. Throws Corrupt when the rows contradict each other.
void apply_restore(const std::vector<ManifestRow>& rows, const RestoreOptions& options,
                   const std::string& arrived, const std::string& files);

}  // namespace lifeboat::sim::ios
