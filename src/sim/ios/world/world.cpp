#include "sim/ios/world/world.h"

#include "base/error.h"
#include "base/text.h"
#include "plist/plist.h"
#include "sim/content_maker.h"
#include "sim/document_maker.h"
#include "sim/ios/world/app_content_maker.h"
#include "sim/ios/world/messages_maker.h"
#include "sim/ios/world/migration.h"
#include "sim/ios/world/people_maker.h"
#include "sim/ios/world/photo_library.h"
#include "sim/ios/world/planner_maker.h"
#include "sim/ios/world/settings_maker.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <filesystem>

namespace lifeboat::sim::ios {

namespace {

namespace fs = std::filesystem;

struct Losable {
    std::string_view id{};
    std::string_view domain{};
    std::string_view path{};
    std::string_view table{};
    std::string_view identity{};
    std::string_view where{};
};

// Named as in content's inventory. Photos and messages have files as well: they go with their own
// means.
constexpr std::array<Losable, 7> losable{{
    {"contacts", home_domain, "Library/AddressBook/AddressBook.sqlitedb", "ABPerson", "guid", "1"},
    {"calls", home_domain, "Library/CallHistoryDB/CallHistory.storedata", "ZCALLRECORD",
     "ZUNIQUE_ID", "1"},
    {"calendar", home_domain, "Library/Calendar/Calendar.sqlitedb", "CalendarItem", "UUID", "1"},
    {"notes", notes_domain, "NoteStore.sqlite", "ZICCLOUDSYNCINGOBJECT", "ZIDENTIFIER",
     "ZNOTEDATA IS NOT NULL AND ifnull(ZMARKEDFORDELETION,0)=0"},
    {"whatsapp", whatsapp_domain, "ChatStorage.sqlite", "ZWAMESSAGE", "ZSTANZAID", "1"},
    {"health", health_domain, "Health/healthdb_secure.sqlite", "samples", "data_id", "1"},
    // In Safari's home, wherever this version has it.
    {"bookmarks", "", "Library/Safari/Bookmarks.db", "bookmarks", "external_uuid", "type=0"},
}};

void set_date(const fs::path& path, TimePoint time) {
    const auto since = time.time_since_epoch();
    const auto whole = std::chrono::floor<std::chrono::seconds>(since);
    const timespec when{whole.count(), static_cast<long>((since - whole).count())};
    const timespec both[2] = {when, when};
    ::utimensat(AT_FDCWD, path.c_str(), both, 0);
}

// What computers put beside the photos: they copy it into the list of a backup.
void make_computer_files(const Place& place) {
    const auto put = [&](const std::string& name, const Bytes& content) {
        write_content_file(place.path(camera_domain, "Media/" + name), content, place.newest);
    };
    put("iTunes_Control/iTunes/iTunesPrefs", make_random(place.seed_of("prefs", 1), 246));
    put("iTunes_Control/iTunes/IC-Info.sidv", make_random(place.seed_of("prefs", 2), 1'024));
    put("iTunes_Control/iTunes/VoiceMemos.plist", plist::write_binary(plist::Dict{}));
    put("Books/iBooksData2.plist", plist::write_binary(plist::Dict{{"Books", plist::Array{}}}));
}

// The homes of apps, so that a backup has their domains.
void make_app_homes(const Place& place) {
    const auto settings = [&](const std::string& app, const plist::Dict& values) {
        write_content_file(
            place.path("AppDomain-" + app, fmt::format("Library/Preferences/{}.plist", app)),
            plist::write_binary(values), place.newest);
    };
    settings("com.google.Authenticator", {{"accounts shown", 2}});
    settings("net.whatsapp.WhatsApp", {{"OwnJabberID", "447700900123@s.whatsapp.net"}});
    settings("org.example.ship-log", {{"unit", "knots"}});
    write_content_file(place.path(documents_domain, "Documents/empty.log"), {}, place.newest);
    const std::string link = place.path(documents_domain, "Documents/latest.log");
    std::error_code there_already;
    fs::create_symlink("empty.log", link, there_already);
}

}  // namespace

WorldOptions WorldOptions::none() {
    WorldOptions options;
    options.photos = options.videos = options.cloud_only = options.trashed = 0;
    options.not_uploaded = 0;
    options.messages = options.contacts = options.calls = options.events = options.notes = 0;
    options.voicemails = options.whatsapp = options.bookmarks = options.visits = 0;
    options.health = options.networks = options.documents = 0;
    return options;
}

void World::fill(const WorldOptions& options) {
    place_.seed = options.seed;
    make_contacts(place_, options.contacts);
    make_calls(place_, options.calls);
    make_calendar(place_, options.events);
    make_notes(place_, options.notes);
    make_voicemails(place_, options.voicemails);
    if (options.whatsapp > 0) make_whatsapp(place_, options.whatsapp);
    make_safari(place_, options.bookmarks, options.visits);
    make_health(place_, options.health);
    make_networks(place_, options.networks);
    make_accounts(place_);
    make_keychain(place_);
    make_backup_state(place_);
    make_computer_files(place_);
    make_app_homes(place_);
    add_documents(place_, options.documents);
    PhotoLibrary(place_).commit();
    Messages(place_).commit();
    migrate(place_, oldest_major, place_.major);
    // Behind the migration: it would work their logs into the databases.
    fill_photos(options);
    fill_messages(options);
    date_databases();
}

void World::fill_photos(const WorldOptions& options) const {
    PhotoLibrary library(place_);
    library.add(AssetKind::in_trash, options.trashed);
    library.add(AssetKind::only_in_cloud, options.cloud_only);
    library.add(AssetKind::video, options.videos);
    library.commit();
    if (options.open_logs) library.keep_log();
    library.add(AssetKind::photo, options.photos);
    const bool uses_cloud = options.cloud_only > 0 || options.not_uploaded > 0;
    const uint64_t here = options.photos + options.videos;
    if (uses_cloud) library.upload(here - std::min(here, options.not_uploaded));
    library.commit();
    if (uses_cloud) library.mark_cloud(options.cloud_only == 0);
}

void World::fill_messages(const WorldOptions& options) const {
    Messages messages(place_);
    if (options.open_logs) messages.keep_log();
    messages.add(options.messages);
    messages.commit();
}

void World::date_databases() const {
    constexpr std::array<std::string_view, 8> endings{".db",        ".sqlite",    ".sqlitedb",
                                                      ".storedata", ".db-wal",    ".sqlite-wal",
                                                      ".db-shm",    ".sqlite-shm"};
    for (const auto& entry : fs::recursive_directory_iterator(place_.files)) {
        const std::string name = entry.path().filename().string();
        if (std::ranges::any_of(endings, [&](auto ending) { return name.ends_with(ending); })) {
            set_date(entry.path(), place_.newest);
        }
    }
}

std::vector<std::string> World::add_photos(uint64_t count) {
    PhotoLibrary library(place_);
    auto added = library.add(AssetKind::photo, count);
    library.commit();
    return added;
}

std::vector<std::string> World::delete_photos(uint64_t count) {
    PhotoLibrary library(place_);
    auto gone = library.remove(count);
    library.commit();
    return gone;
}

std::vector<std::string> World::upload_photos(uint64_t count) {
    PhotoLibrary library(place_);
    auto uploaded = library.upload(count);
    library.commit();
    return uploaded;
}

std::vector<std::string> World::add_messages(uint64_t count) {
    Messages messages(place_);
    auto added = messages.add(count);
    messages.commit();
    return added;
}

std::vector<std::string> World::delete_messages(uint64_t count) {
    Messages messages(place_);
    auto gone = messages.remove(count);
    messages.commit();
    return gone;
}

void World::update(int major) {
    const int before = std::exchange(place_.major, major);
    migrate(place_, before, major);
}

std::vector<std::string_view> losable_classes() {
    std::vector<std::string_view> names{"photos", "messages"};
    for (const Losable& one : losable) names.push_back(one.id);
    return names;
}

void check_losable(std::string_view id) {
    const auto names = losable_classes();
    if (std::ranges::find(names, id) != names.end()) return;
    throw Misuse(
        fmt::format("a phone can lose {}, not \"{}\"", fmt::join(names, ", "), printable(id)));
}

std::vector<std::string> World::lose(std::string_view id, uint64_t count) {
    if (id == "photos") return delete_photos(count);
    if (id == "messages") return delete_messages(count);
    check_losable(id);
    const auto* found = std::ranges::find(losable, id, &Losable::id);
    const auto domain = found->domain.empty() ? safari_domain(place_.major) : found->domain;
    const std::string path = place_.path(domain, found->path);
    if (!fs::exists(path)) throw Misuse(fmt::format("this phone has no {}", id));
    PhoneDatabase database(path);
    const std::string chosen = fmt::format("SELECT rowid FROM {} WHERE {} ORDER BY rowid LIMIT {}",
                                           found->table, found->where, count);
    auto gone = database.texts(fmt::format("SELECT {} FROM {} WHERE rowid IN ({})", found->identity,
                                           found->table, chosen));
    database.run(fmt::format("DELETE FROM {} WHERE rowid IN ({})", found->table, chosen));
    database.commit();
    return gone;
}

}  // namespace lifeboat::sim::ios
