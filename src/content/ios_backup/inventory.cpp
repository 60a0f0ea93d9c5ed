#include "content/ios_backup/inventory.h"

#include "base/error.h"
#include "content/ios_backup/database.h"
#include "plist/plist.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>

namespace lifeboat::content {
namespace {

using Names = std::vector<std::string_view>;

// Where a class lies. Tables and columns change with every iOS: what is not there is never guessed.
struct Source {
    std::string_view id{};
    Names paths{};                // the first that is there
    Names tables{};               // the same
    std::string_view identity{};  // column
    Names needed{};               // columns without which `where` says nothing
    std::string_view where{};
    std::string_view if_absent{};
};

constexpr std::string_view encrypted_only = "only encrypted backups contain it";
constexpr std::string_view not_there = "this backup does not contain it";
constexpr std::string_view whatsapp_domain = "AppDomainGroup-group.net.whatsapp.WhatsApp.shared";
constexpr std::string_view photos_path = "CameraRollDomain/Media/PhotoData/Photos.sqlite";

// As far as it is publicly described; not yet held against a real phone.
const std::vector<Source>& sources() {
    static const std::vector<Source> all = {
        {.id = "messages",
         .paths = {"HomeDomain/Library/SMS/sms.db"},
         .tables = {"message"},
         .identity = "guid"},
        {.id = "contacts",
         .paths = {"HomeDomain/Library/AddressBook/AddressBook.sqlitedb"},
         .tables = {"ABPerson"},
         .identity = "guid"},
        {.id = "calls",
         .paths = {"HomeDomain/Library/CallHistoryDB/CallHistory.storedata"},
         .tables = {"ZCALLRECORD"},
         .identity = "ZUNIQUE_ID",
         .if_absent = encrypted_only},
        {.id = "calendar",
         .paths = {"HomeDomain/Library/Calendar/Calendar.sqlitedb"},
         .tables = {"CalendarItem"},
         .identity = "UUID"},
        // One table for notes, folders and accounts: a note is what has note data.
        {.id = "notes",
         .paths = {"AppDomainGroup-group.com.apple.notes/NoteStore.sqlite"},
         .tables = {"ZICCLOUDSYNCINGOBJECT"},
         .identity = "ZIDENTIFIER",
         .needed = {"ZNOTEDATA", "ZMARKEDFORDELETION"},
         .where = "ZNOTEDATA IS NOT NULL AND ifnull(ZMARKEDFORDELETION,0)=0"},
        {.id = "health",
         .paths = {"HealthDomain/Health/healthdb_secure.sqlite"},
         .tables = {"samples"},
         .identity = "data_id",
         .if_absent = encrypted_only},
        {.id = "whatsapp",
         .paths = {"AppDomainGroup-group.net.whatsapp.WhatsApp.shared/ChatStorage.sqlite"},
         .tables = {"ZWAMESSAGE"},
         .identity = "ZSTANZAID"},
        // Type 1 is a folder.
        {.id = "bookmarks",
         .paths = {"HomeDomain/Library/Safari/Bookmarks.db",
                   "AppDomain-com.apple.mobilesafari/Library/Safari/Bookmarks.db"},
         .tables = {"bookmarks"},
         .identity = "external_uuid",
         .needed = {"type"},
         .where = "type=0"},
        // ZASSET was called ZGENERICASSET before iOS 14. The trash is not counted: it empties
        // itself.
        {.id = "photos",
         .paths = {photos_path},
         .tables = {"ZASSET", "ZGENERICASSET"},
         .identity = "ZUUID",
         .needed = {"ZTRASHEDSTATE"},
         .where = "ZTRASHEDSTATE=0"},
        // Only state 0 says that nothing was sent; what is NULL says nothing.
        {.id = "photos_not_in_cloud",
         .paths = {photos_path},
         .tables = {"ZASSET", "ZGENERICASSET"},
         .identity = "ZUUID",
         .needed = {"ZTRASHEDSTATE", "ZCLOUDLOCALSTATE"},
         .where = "ZTRASHEDSTATE=0 AND ZCLOUDLOCALSTATE=0"},
    };
    return all;
}

std::optional<Item> first_file(const FileTree& tree, const Names& paths) {
    for (const std::string_view path : paths) {
        const auto item = tree.find(ItemPath(path));
        if (item && item->kind == ItemKind::file) return item;
    }
    return std::nullopt;
}

void mark_absent(InventoryClass& found, const FileTree& tree, const Source& source) {
    found.state = InventoryState::absent;
    found.why = source.if_absent.empty() ? not_there : source.if_absent;
    // The app is there and its chats are not: it keeps them out of backups when its own chat backup
    // or a full phone gets in the way. A person must not learn that after the update.
    if (source.id == "whatsapp" && tree.find(ItemPath(whatsapp_domain))) {
        found.why =
            "WhatsApp is in this backup but its chat database is missing: the chats are not "
            "saved";
    }
}

void not_comparable(InventoryClass& found, std::string why) {
    found.state = InventoryState::not_comparable;
    found.why = std::move(why);
    found.count = 0;
    found.identities.clear();
    found.has_identities = false;
}

void sort_once(std::vector<std::string>& identities) {
    std::ranges::sort(identities);
    const auto rest = std::ranges::unique(identities);
    identities.erase(rest.begin(), rest.end());
}

std::string_view first_table(const Database& database, const Names& tables) {
    for (const std::string_view table : tables) {
        if (database.has_table(table)) return table;
    }
    return {};
}

void count(InventoryClass& found, const Database& database, const Source& source) {
    const std::string_view table = first_table(database, source.tables);
    if (table.empty()) {
        return not_comparable(found, fmt::format("it has no table {}", source.tables.front()));
    }
    for (const std::string_view column : source.needed) {
        if (database.has_column(table, column)) continue;
        return not_comparable(found, fmt::format("its table {} has no column {}", table, column));
    }
    found.has_identities = database.has_column(table, source.identity);
    const std::string_view what = found.has_identities ? source.identity : "NULL";
    const std::string_view where = source.where.empty() ? "1" : source.where;
    Rows rows = database.query(fmt::format("SELECT {} FROM {} WHERE {}", what, table, where));
    while (rows.next()) {
        ++found.count;
        if (!rows.is_null(0)) found.identities.emplace_back(rows.text(0));
    }
    sort_once(found.identities);
    found.state = InventoryState::counted;
}

// Photos whose original the phone has only in iCloud: no backup can contain them.
void count_only_in_cloud(InventoryClass& found, const Database& database) {
    const std::string_view table = first_table(database, {"ZASSET", "ZGENERICASSET"});
    if (table.empty() || !database.has_table("ZINTERNALRESOURCE")) {
        return not_comparable(found, "it does not say where the originals are");
    }
    constexpr std::array resource_columns = {"ZASSET", "ZRESOURCETYPE", "ZVERSION",
                                             "ZLOCALAVAILABILITY"};
    for (const char* column : resource_columns) {
        if (database.has_column("ZINTERNALRESOURCE", column)) continue;
        return not_comparable(found, fmt::format("ZINTERNALRESOURCE has no column {}", column));
    }
    for (const char* column : {"Z_PK", "ZUUID", "ZTRASHEDSTATE"}) {
        if (database.has_column(table, column)) continue;
        return not_comparable(found, fmt::format("{} has no column {}", table, column));
    }
    // Version 0 is the original; type 0 a photo, 1 a video; availability -1 "not on this phone".
    Rows rows = database.query(fmt::format(
        "SELECT a.ZUUID FROM {} a WHERE a.ZTRASHEDSTATE=0 AND a.Z_PK IN (SELECT ZASSET FROM "
        "ZINTERNALRESOURCE WHERE ZVERSION=0 AND ZRESOURCETYPE IN (0,1) AND ZLOCALAVAILABILITY=-1)",
        table));
    while (rows.next()) {
        ++found.count;
        if (!rows.is_null(0)) found.identities.emplace_back(rows.text(0));
    }
    sort_once(found.identities);
    found.has_identities = true;
    found.state = InventoryState::counted;
}

struct Look {
    const FileTree& tree;
    const std::stop_token& stop;
};
// Runs `use` on the database; what is wrong with it makes the class not comparable.
template <class Use>
void with_database(InventoryClass& found, const Look& look, const Item& item, Use use) {
    found.source = item.path.text();
    try {
        const Database database(*look.tree.open(item.path), item.size, look.stop);
        use(database);
    } catch (const Corrupt& error) {
        not_comparable(found, error.message());
    } catch (const Missing& error) {
        not_comparable(found, error.message());
    }
}

InventoryClass look_up(const Look& look, const Source& source) {
    InventoryClass found{.id = std::string(source.id)};
    const auto item = first_file(look.tree, source.paths);
    if (!item) {
        mark_absent(found, look.tree, source);
        return found;
    }
    with_database(found, look, *item,
                  [&](const Database& database) { count(found, database, source); });
    return found;
}

InventoryClass look_up_only_in_cloud(const Look& look) {
    InventoryClass found{.id = "photos_only_in_cloud", .why = std::string(not_there)};
    const auto item = first_file(look.tree, {photos_path});
    if (!item) return found;
    with_database(found, look, *item,
                  [&](const Database& database) { count_only_in_cloud(found, database); });
    return found;
}

// Newer: a dictionary whose keys are "wifi.network.ssid." and the name.
bool count_known_networks(InventoryClass& found, const plist::Dict& list) {
    constexpr std::string_view prefix = "wifi.network.ssid.";
    for (const auto& entry : list) {
        if (!entry.key.starts_with(prefix)) continue;
        found.identities.push_back(entry.key.substr(prefix.size()));
    }
    return !found.identities.empty() || list.empty();
}

// Older: an array of dictionaries.
bool count_listed_networks(InventoryClass& found, const plist::Dict& list) {
    const plist::Array* networks = list.array("List of known networks");
    if (networks == nullptr) return false;
    for (const plist::Value& network : *networks) {
        const plist::Dict* dict = network.dict();
        const std::string* name = dict == nullptr ? nullptr : dict->text("SSID_STR");
        if (name != nullptr) found.identities.push_back(*name);
    }
    return true;
}

InventoryClass look_up_wifi(const FileTree& tree) {
    constexpr uint64_t most_bytes = uint64_t{16} << 20;
    InventoryClass found{.id = "wifi", .why = std::string(not_there)};
    const Names paths = {"SystemPreferencesDomain/com.apple.wifi.known-networks.plist",
                         "SystemPreferencesDomain/SystemConfiguration/com.apple.wifi.plist"};
    const auto item = first_file(tree, paths);
    if (!item) return found;
    found.source = item->path.text();
    try {
        const plist::Value value = plist::read(read_all(*tree.open(item->path), most_bytes));
        const plist::Dict* list = value.dict();
        if (list == nullptr ||
            !(count_known_networks(found, *list) || count_listed_networks(found, *list))) {
            not_comparable(found, "its list of networks is not one we know");
            return found;
        }
    } catch (const Corrupt& error) {
        not_comparable(found, error.message());
        return found;
    }
    sort_once(found.identities);
    found.count = found.identities.size();
    found.has_identities = true;
    found.state = InventoryState::counted;
    found.why.clear();
    return found;
}

}  // namespace

const InventoryClass& Inventory::at(std::string_view id) const {
    const auto found = std::ranges::find(classes, id, &InventoryClass::id);
    if (found == classes.end()) throw Misuse("no such class: " + std::string(id));
    return *found;
}

Inventory take_inventory(const FileTree& opened, const std::stop_token& stop) {
    Inventory inventory;
    const Look look{.tree = opened, .stop = stop};
    constexpr std::array<std::string_view, 12> order = {"photos",
                                                        "photos_only_in_cloud",
                                                        "photos_not_in_cloud",
                                                        "messages",
                                                        "contacts",
                                                        "calls",
                                                        "calendar",
                                                        "notes",
                                                        "health",
                                                        "wifi",
                                                        "whatsapp",
                                                        "bookmarks"};
    for (const std::string_view id : order) {
        if (stop.stop_requested()) throw Cancelled();
        if (id == "photos_only_in_cloud") {
            inventory.classes.push_back(look_up_only_in_cloud(look));
        } else if (id == "wifi") {
            inventory.classes.push_back(look_up_wifi(opened));
        } else {
            const auto source = std::ranges::find(sources(), id, &Source::id);
            inventory.classes.push_back(look_up(look, *source));
        }
        InventoryClass& last = inventory.classes.back();
        if (last.state == InventoryState::counted) last.why.clear();
    }
    return inventory;
}

uint64_t InventoryChange::lost_count() const {
    // Rows without an identity are seen in the counts only.
    return std::max<uint64_t>(lost.size(), before > after ? before - after : 0);
}

InventoryChange compare_inventories(const InventoryClass& before, const InventoryClass& after) {
    InventoryChange change;
    if (before.state != InventoryState::counted) {
        change.why = "before: " + before.why;
        return change;
    }
    if (after.state != InventoryState::counted) {
        change.why = "after: " + after.why;
        return change;
    }
    change.comparable = true;
    change.before = before.count;
    change.after = after.count;
    change.by_identity = before.has_identities && after.has_identities;
    if (!change.by_identity) {
        change.added = after.count > before.count ? after.count - before.count : 0;
        return change;
    }
    std::ranges::set_difference(before.identities, after.identities,
                                std::back_inserter(change.lost));
    const size_t kept = before.identities.size() - change.lost.size();
    change.added = after.identities.size() - kept;
    return change;
}

}  // namespace lifeboat::content
