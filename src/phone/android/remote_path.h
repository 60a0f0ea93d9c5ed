// Where the phone keeps an item: volumes, and paths on the phone for paths of items.
#pragma once

#include "item/item_path.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lifeboat::phone::android {

// A storage of the phone and the top folder that stands for it.
struct Volume {
    std::string remote{};  // "/sdcard", "/storage/1234-ABCD"
    ItemPath root{};       // "sdcard", "1234-ABCD"
    bool operator==(const Volume&) const = default;
};

Volume primary_volume();

// "/storage/1234-ABCD" of the name of a memory card; nothing for any other name.
std::optional<Volume> card_volume(std::string_view name);

// Nothing when the item lies in none of the volumes.
std::optional<std::string> remote_path(const std::vector<Volume>& volumes, const ItemPath& path);
std::string remote_path(const Volume& volume, const ItemPath& path);

}  // namespace lifeboat::phone::android
