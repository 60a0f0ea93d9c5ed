#include "phone/android/remote_path.h"

#include <algorithm>

namespace lifeboat::phone::android {

Volume primary_volume() {
    return {.remote = "/sdcard", .root = ItemPath("sdcard")};
}

std::optional<Volume> card_volume(std::string_view name) {
    const auto is_hex = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');
    };
    if (name.size() != 9 || name[4] != '-') return std::nullopt;
    if (std::count_if(name.begin(), name.end(), is_hex) != 8) return std::nullopt;
    return Volume{.remote = "/storage/" + std::string(name), .root = ItemPath(name)};
}

std::string remote_path(const Volume& volume, const ItemPath& path) {
    return volume.remote + path.text().substr(volume.root.text().size());
}

std::optional<std::string> remote_path(const std::vector<Volume>& volumes, const ItemPath& path) {
    for (const Volume& volume : volumes) {
        if (path.is_within(volume.root)) return remote_path(volume, path);
    }
    return std::nullopt;
}

}  // namespace lifeboat::phone::android
