// The apps of a snapshot.
#pragma once

#include "item/item.h"
#include "personal/app.h"

#include <string>
#include <vector>

namespace lifeboat::phone::android {

std::string write_apps(const std::vector<personal::App>& apps);
// Of `personal/apps/apps.jsonl`; none when it is not there. Throws Corrupt, Unsupported.
std::vector<personal::App> load_apps(const FileTree& snapshot);

}  // namespace lifeboat::phone::android
