// What a mount shows above the backups themselves: folders, links and the roots of backups by path.
#pragma once

#include "base/time.h"
#include "item/item_path.h"
#include "item/open_tree.h"

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace lifeboat::mount {

// Either a backup or a link. The folders above are made as they are needed.
struct Shown {
    ItemPath path{};
    TimePoint modified{};
    std::string key{};  // what it is: another key under the same path is another backup
    std::shared_ptr<const OpenFolder> backup{};
    std::string link_target{};
};
using Catalogue = std::vector<Shown>;

// What is to be shown now; nothing when that is the same as at the last call. One thread at a time.
using Cataloguer = std::function<std::optional<Catalogue>(const std::stop_token&)>;

}  // namespace lifeboat::mount
