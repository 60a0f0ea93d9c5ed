#include "sim/ios/backup_memory.h"

#include "sys/random.h"

#include <fmt/format.h>

#include <filesystem>

namespace lifeboat::sim::ios {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view key = "Backup";

}  // namespace

std::optional<CachedSnapshot> cached_snapshot(const Device& device) {
    const plist::Dict memory = device.memory(key);
    const std::string* uuid = memory.text("UUID");
    if (uuid == nullptr || !fs::exists(draft_path(device))) return std::nullopt;
    const Bytes* keybag = memory.data("Keybag");
    return CachedSnapshot{.uuid = *uuid,
                          .full = memory.boolean("Full").value_or(true),
                          .keybag = keybag == nullptr ? Bytes() : *keybag};
}

void cache_snapshot(Device& device, const CachedSnapshot& snapshot) {
    device.remember(
        key, {{"UUID", snapshot.uuid}, {"Full", snapshot.full}, {"Keybag", snapshot.keybag}});
}

void forget_snapshot(Device& device) {
    device.remember(key, {});
    std::error_code ignored;
    fs::remove(draft_path(device), ignored);
}

std::string backup_folder(const Device& device) {
    const std::string folder = device.world() + "/backup";
    fs::create_directories(folder);
    fs::permissions(folder, fs::perms::owner_all);
    return folder;
}

std::string draft_path(const Device& device) {
    return backup_folder(device) + "/draft.db";
}

std::string random_uuid() {
    sys::SystemRandom random;
    return fmt::format("{:08X}-{:04X}-4{:03X}-8{:03X}-{:012X}", random.below(1ull << 32),
                       random.below(1 << 16), random.below(1 << 12), random.below(1 << 12),
                       random.below(1ull << 48));
}

}  // namespace lifeboat::sim::ios
