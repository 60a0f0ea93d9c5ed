// How many photos, messages, contacts an opened iPhone backup holds, and which ones: counted in the
// phone's own databases, for the person and for the comparison after an update.
#pragma once

#include "item/item.h"

#include <cstdint>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace lifeboat::content {

enum class InventoryState {
    counted,
    absent,          // the backup has no such database: not the same as none
    not_comparable,  // it is there, but its tables are not those we know, or it is damaged
};

struct InventoryClass {
    std::string id{};  // "messages"
    InventoryState state = InventoryState::absent;
    uint64_t count = 0;    // only when counted
    std::string why{};     // only when not
    std::string source{};  // path of the database in the tree
    // Sorted, each once. Fewer than `count` when some have none.
    std::vector<std::string> identities{};
    // False where the database has no column for them: then only counts can be compared.
    bool has_identities = false;
};

// Always all classes, in this order: photos, photos_only_in_cloud, photos_not_in_cloud, messages,
// contacts, calls, calendar, notes, health, wifi, whatsapp, bookmarks. Without iCloud Photos all
// photos are "not in cloud": whether it is on stands elsewhere.
struct Inventory {
    std::vector<InventoryClass> classes{};
    const InventoryClass& at(std::string_view id) const;  // throws Misuse
};

// `opened` is what open_ios_backup gives. Throws Cancelled and what the place throws for all files
// alike; a damaged database makes its class not comparable.
Inventory take_inventory(const FileTree& opened, const std::stop_token& stop);

// What became of a class from one backup to the next.
struct InventoryChange {
    bool comparable = false;
    std::string why{};                // only when not
    uint64_t before = 0, after = 0;   // counts
    std::vector<std::string> lost{};  // identities that are gone; empty where there are none
    uint64_t added = 0;
    bool by_identity = false;

    uint64_t lost_count() const;  // by identity; by counts where there are none
    bool lost_something() const { return comparable && lost_count() > 0; }
};
InventoryChange compare_inventories(const InventoryClass& before, const InventoryClass& after);

}  // namespace lifeboat::content
