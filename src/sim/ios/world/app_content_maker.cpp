#include "sim/ios/world/app_content_maker.h"

#include "sim/content_maker.h"
#include "sim/document_maker.h"
#include "sim/ios/world/messages_maker.h"
#include "sim/ios/world/phone_database.h"
#include "sim/photo_maker.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <vector>

namespace lifeboat::sim::ios {

namespace {

constexpr const char* whatsapp_tables = R"(
CREATE TABLE ZWACHATSESSION (Z_PK INTEGER PRIMARY KEY, Z_ENT INTEGER, Z_OPT INTEGER,
  ZSESSIONTYPE INTEGER,
  ZREMOVED INTEGER, ZMESSAGECOUNTER INTEGER, ZLASTMESSAGEDATE TIMESTAMP, ZCONTACTJID VARCHAR,
  ZPARTNERNAME VARCHAR);
CREATE TABLE ZWAMESSAGE (Z_PK INTEGER PRIMARY KEY, Z_ENT INTEGER, Z_OPT INTEGER, ZISFROMME INTEGER,
  ZMESSAGETYPE INTEGER, ZMESSAGESTATUS INTEGER, ZCHATSESSION INTEGER, ZMEDIAITEM INTEGER,
  ZSORT INTEGER,
  ZMESSAGEDATE TIMESTAMP, ZSENTDATE TIMESTAMP, ZFROMJID VARCHAR, ZTOJID VARCHAR,
  ZSTANZAID VARCHAR, ZTEXT VARCHAR);
CREATE TABLE ZWAMEDIAITEM (Z_PK INTEGER PRIMARY KEY, Z_ENT INTEGER, Z_OPT INTEGER,
  ZFILESIZE INTEGER,
  ZMESSAGE INTEGER, ZMEDIALOCALPATH VARCHAR, ZTITLE VARCHAR);
)";

constexpr const char* contact_tables = R"(
CREATE TABLE ZWAADDRESSBOOKCONTACT (Z_PK INTEGER PRIMARY KEY, Z_ENT INTEGER, Z_OPT INTEGER,
  ZFULLNAME VARCHAR,
  ZPHONENUMBER VARCHAR, ZWHATSAPPID VARCHAR);
)";

constexpr const char* bookmark_tables = R"(
CREATE TABLE bookmarks (id INTEGER PRIMARY KEY, special_id INTEGER DEFAULT 0, parent INTEGER,
  type INTEGER,
  title TEXT, url TEXT, num_children INTEGER DEFAULT 0, editable INTEGER DEFAULT 1,
  deletable INTEGER DEFAULT 1,
  hidden INTEGER DEFAULT 0, order_index INTEGER, external_uuid TEXT UNIQUE, last_modified REAL);
INSERT INTO bookmarks (id, special_id, type, title, external_uuid) VALUES (0, 0, 1, 'Root', 'Root'),
  (1, 1, 1, 'BookmarksBar', 'BookmarksBar');
)";

constexpr const char* history_tables = R"(
CREATE TABLE history_items (id INTEGER PRIMARY KEY AUTOINCREMENT, url TEXT NOT NULL UNIQUE,
  domain_expansion TEXT, visit_count INTEGER NOT NULL);
CREATE TABLE history_visits (id INTEGER PRIMARY KEY AUTOINCREMENT, history_item INTEGER NOT NULL,
  visit_time REAL NOT NULL, title TEXT, load_successful BOOLEAN NOT NULL DEFAULT 1);
)";

constexpr const char* health_tables = R"(
CREATE TABLE samples (data_id INTEGER PRIMARY KEY, start_date REAL, end_date REAL,
  data_type INTEGER);
CREATE TABLE objects (data_id INTEGER PRIMARY KEY AUTOINCREMENT, uuid BLOB UNIQUE,
  provenance INTEGER,
  type INTEGER, creation_date REAL);
CREATE TABLE quantity_samples (data_id INTEGER PRIMARY KEY, quantity REAL, original_quantity REAL,
  original_unit INTEGER);
CREATE TABLE workouts (data_id INTEGER PRIMARY KEY, total_distance REAL, duration REAL,
  activity_type INTEGER);
)";

void add_whatsapp_message(PhoneDatabase& chats, const Place& place, uint64_t number,
                          TimePoint sent) {
    const bool with_media = number % 8 == 0;
    const uint64_t seed = place.seed_of("whatsapp", number);
    const std::string partner = person(1 + number % 3).phone.substr(1) + "@s.whatsapp.net";
    const bool from_me = number % 2 == 0;
    const Cell text = to_text(make_text(seed, 10 + seed % 90));
    const int64_t row =
        chats.insert("ZWAMESSAGE", {{"Z_ENT", 9},
                                    {"ZISFROMME", from_me},
                                    {"ZMESSAGETYPE", with_media},
                                    {"ZMESSAGESTATUS", 8},
                                    {"ZCHATSESSION", 1 + number % 3},
                                    {"ZSORT", number},
                                    {"ZMESSAGEDATE", apple_seconds(sent)},
                                    {"ZSENTDATE", apple_seconds(sent)},
                                    {"ZFROMJID", from_me ? Cell(nullptr) : Cell(partner)},
                                    {"ZTOJID", from_me ? Cell(partner) : Cell(nullptr)},
                                    {"ZSTANZAID", place.uuid("stanza", number)},
                                    {"ZTEXT", with_media ? Cell(nullptr) : text}});
    if (!with_media) return;
    const std::string name = fmt::format("Media/{}/{:x}/{:x}/{}.jpg", partner, seed % 16,
                                         (seed >> 4) % 16, place.uuid("whatsapp picture", number));
    const Bytes picture = make_photo({.seed = seed, .taken = sent, .width = 200, .height = 150});
    write_content_file(place.path(whatsapp_domain, "Message/" + name), picture, sent);
    const int64_t media = chats.insert("ZWAMEDIAITEM", {{"Z_ENT", 8},
                                                        {"ZFILESIZE", picture.size()},
                                                        {"ZMESSAGE", row},
                                                        {"ZMEDIALOCALPATH", name}});
    chats.run(fmt::format("UPDATE ZWAMESSAGE SET ZMEDIAITEM={} WHERE Z_PK={}", media, row));
}

std::string document_path(const Place& place, uint64_t number) {
    return place.path(documents_domain,
                      fmt::format("Documents/{:04}/entry-{:02}.txt", number / 100, number % 100));
}

// A file each time: their numbers may have gaps.
std::vector<std::string> documents(const Place& place) {
    namespace fs = std::filesystem;
    std::vector<std::string> found;
    const std::string folder = place.path(documents_domain, "Documents");
    if (!fs::exists(folder)) return found;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        const std::string name = entry.path().filename().string();
        if (entry.is_regular_file() && name.starts_with("entry-")) {
            found.push_back(entry.path().string());
        }
    }
    std::ranges::sort(found);
    return found;
}

}  // namespace

void make_whatsapp(const Place& place, uint64_t messages) {
    PhoneDatabase contacts(place.path(whatsapp_domain, "ContactsV2.sqlite"));
    make_core_data_tables(contacts, {"WAAddressBookContact"});
    contacts.run(contact_tables);
    PhoneDatabase chats(place.path(whatsapp_domain, "ChatStorage.sqlite"));
    make_core_data_tables(chats, {"WAChatSession", "WAMediaItem", "WAMessage"});
    chats.run(whatsapp_tables);
    for (uint64_t i = 1; i <= 3; ++i) {
        const Person who = person(i);
        const std::string name = fmt::format("{} {}", who.first, who.last);
        const std::string id = who.phone.substr(1) + "@s.whatsapp.net";
        contacts.insert("ZWAADDRESSBOOKCONTACT",
                        {{"ZFULLNAME", name}, {"ZPHONENUMBER", who.phone}, {"ZWHATSAPPID", id}});
        chats.insert("ZWACHATSESSION", {{"ZSESSIONTYPE", 0},
                                        {"ZREMOVED", 0},
                                        {"ZMESSAGECOUNTER", messages / 3},
                                        {"ZLASTMESSAGEDATE", apple_seconds(place.newest)},
                                        {"ZCONTACTJID", id},
                                        {"ZPARTNERNAME", name}});
    }
    for (uint64_t i = 1; i <= messages; ++i) {
        add_whatsapp_message(chats, place, i,
                             time_of(place, i - 1, messages, std::chrono::minutes(53)));
    }
    contacts.commit();
    chats.commit();
}

std::string_view safari_domain(int major) {
    return major >= 17 ? "AppDomain-com.apple.mobilesafari" : home_domain;
}

void make_safari(const Place& place, uint64_t bookmarks, uint64_t visits) {
    const auto domain = safari_domain(place.major);
    PhoneDatabase marks(place.path(domain, "Library/Safari/Bookmarks.db"));
    marks.run(bookmark_tables);
    for (uint64_t i = 1; i <= bookmarks; ++i) {
        marks.insert("bookmarks", {{"parent", 1},
                                   {"type", 0},
                                   {"title", fmt::format("Tide table {}", i)},
                                   {"url", fmt::format("https://example.com/tides/{}", i)},
                                   {"order_index", i},
                                   {"external_uuid", place.uuid("bookmark", i)},
                                   {"last_modified", apple_seconds(place.newest)}});
    }
    marks.commit();
    PhoneDatabase history(place.path(domain, "Library/Safari/History.db"));
    history.run(history_tables);
    for (uint64_t i = 1; i <= visits; ++i) {
        const int64_t item =
            history.insert("history_items", {{"url", fmt::format("https://example.org/page/{}", i)},
                                             {"domain_expansion", "example"},
                                             {"visit_count", 1}});
        history.insert(
            "history_visits",
            {{"history_item", item},
             {"visit_time", apple_seconds(time_of(place, i - 1, visits, std::chrono::minutes(71)))},
             {"title", fmt::format("Page {}", i)}});
    }
    history.commit();
}

void make_health(const Place& place, uint64_t samples) {
    PhoneDatabase sources(place.path(health_domain, "Health/healthdb.sqlite"));
    sources.run(
        "CREATE TABLE sources (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, uuid BLOB UNIQUE, "
        "bundle_id "
        "TEXT, name TEXT, product_type TEXT)");
    sources.insert("sources", {{"uuid", to_bytes(place.uuid("source", 1))},
                               {"bundle_id", "com.apple.health"},
                               {"name", "Ada's iPhone"}});
    sources.commit();
    PhoneDatabase secure(place.path(health_domain, "Health/healthdb_secure.sqlite"));
    secure.run(health_tables);
    for (uint64_t i = 1; i <= samples; ++i) {
        const double start =
            apple_seconds(time_of(place, i - 1, samples, std::chrono::minutes(30)));
        const bool workout = i % 12 == 0;
        const int64_t row = secure.insert("objects", {{"uuid", to_bytes(place.uuid("sample", i))},
                                                      {"provenance", 1},
                                                      {"type", 1},
                                                      {"creation_date", start}});
        secure.insert("samples", {{"data_id", row},
                                  {"start_date", start},
                                  {"end_date", start + 1'500},
                                  {"data_type", workout ? 79 : 7}});  // steps are 7
        if (workout) {
            secure.insert("workouts", {{"data_id", row},
                                       {"total_distance", 4.2},
                                       {"duration", 1'500.0},
                                       {"activity_type", 52}});
        } else {
            secure.insert("quantity_samples",
                          {{"data_id", row}, {"quantity", 100.0 + static_cast<double>(i % 900)}});
        }
    }
    secure.commit();
    write_content_file(place.path(health_domain, "Health/healthdb_secure.hfd"),
                       make_random(place.seed_of("hfd", 1), 8'192), place.newest);
}

void add_documents(const Place& place, uint64_t count) {
    const auto there = documents(place);
    uint64_t number = 0;
    if (!there.empty()) {
        // The next one behind the last, so that a name is never used again for other content.
        while (document_path(place, number) <= there.back()) ++number;
    }
    for (uint64_t i = 0; i < count; ++i, ++number) {
        const uint64_t seed = place.seed_of("document", number);
        write_content_file(document_path(place, number), make_text(seed, 60 + seed % 2'000),
                           place.newest);
    }
}

uint64_t change_documents(const Place& place, uint64_t count) {
    const auto there = documents(place);
    const size_t last = std::min<size_t>(count, there.size());
    for (size_t i = 0; i < last; ++i) {
        const uint64_t seed = place.seed_of(
            "new content", i + static_cast<uint64_t>(place.newest.time_since_epoch().count()));
        write_content_file(there[i], make_text(seed, 60 + seed % 2'000), place.newest);
    }
    return last;
}

uint64_t remove_documents(const Place& place, uint64_t count) {
    const auto there = documents(place);
    const size_t last = std::min<size_t>(count, there.size());
    for (size_t i = 0; i < last; ++i) std::filesystem::remove(there[i]);
    return last;
}

}  // namespace lifeboat::sim::ios
