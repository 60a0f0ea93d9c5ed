#include "sim/ios/world/messages_maker.h"

#include "base/text.h"
#include "sim/content_maker.h"
#include "sim/document_maker.h"
#include "sim/photo_maker.h"

#include <fmt/format.h>

#include <filesystem>

namespace lifeboat::sim::ios {

namespace {

constexpr std::chrono::minutes between_messages{97};
constexpr int64_t people = 4;
constexpr int64_t group_chat = people + 1;

// Part of what the phone's tables have, in its words.
constexpr const char* tables = R"(
CREATE TABLE _SqliteDatabaseProperties (key TEXT, value TEXT, UNIQUE(key));
INSERT INTO _SqliteDatabaseProperties VALUES ('_ClientVersion', '14009'), ('counter_in_all', '0');
CREATE TABLE handle (ROWID INTEGER PRIMARY KEY AUTOINCREMENT UNIQUE, id TEXT NOT NULL, country TEXT,
  service TEXT NOT NULL, uncanonicalized_id TEXT, person_centric_id TEXT, UNIQUE (id, service));
CREATE TABLE chat (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, guid TEXT UNIQUE NOT NULL,
  style INTEGER,
  state INTEGER, account_id TEXT, chat_identifier TEXT, service_name TEXT, room_name TEXT,
  display_name TEXT,
  group_id TEXT, is_archived INTEGER DEFAULT 0, is_filtered INTEGER DEFAULT 0, properties BLOB);
CREATE TABLE message (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, guid TEXT UNIQUE NOT NULL, text TEXT,
  handle_id INTEGER DEFAULT 0, subject TEXT, attributedBody BLOB, version INTEGER DEFAULT 0,
  type INTEGER DEFAULT 0, service TEXT, account TEXT, error INTEGER DEFAULT 0, date INTEGER,
  date_read INTEGER, date_delivered INTEGER, is_delivered INTEGER DEFAULT 0,
  is_finished INTEGER DEFAULT 0,
  is_from_me INTEGER DEFAULT 0, is_read INTEGER DEFAULT 0, is_sent INTEGER DEFAULT 0,
  cache_has_attachments INTEGER DEFAULT 0, cache_roomnames TEXT, item_type INTEGER DEFAULT 0,
  associated_message_guid TEXT, associated_message_type INTEGER DEFAULT 0, balloon_bundle_id TEXT,
  thread_originator_guid TEXT);
CREATE INDEX message_idx_date ON message (date);
CREATE TABLE attachment (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, guid TEXT UNIQUE NOT NULL,
  created_date INTEGER DEFAULT 0, filename TEXT, uti TEXT, mime_type TEXT,
  transfer_state INTEGER DEFAULT 0,
  is_outgoing INTEGER DEFAULT 0, transfer_name TEXT, total_bytes INTEGER DEFAULT 0,
  is_sticker INTEGER DEFAULT 0);
CREATE TABLE chat_handle_join (chat_id INTEGER REFERENCES chat (ROWID),
  handle_id INTEGER REFERENCES handle (ROWID),
  UNIQUE (chat_id, handle_id));
CREATE TABLE chat_message_join (chat_id INTEGER REFERENCES chat (ROWID), message_id INTEGER,
  message_date INTEGER DEFAULT 0, PRIMARY KEY (chat_id, message_id));
CREATE TABLE message_attachment_join (message_id INTEGER, attachment_id INTEGER,
  UNIQUE (message_id, attachment_id));
CREATE TABLE deleted_messages (ROWID INTEGER PRIMARY KEY AUTOINCREMENT UNIQUE, guid TEXT NOT NULL);
)";

void append_short_text(Bytes& to, std::string_view text) {
    to.push_back(static_cast<std::byte>(text.size()));
    append(to, as_bytes(text));
}

void append_bytes(Bytes& to, std::initializer_list<unsigned> bytes) {
    for (const unsigned byte : bytes) to.push_back(static_cast<std::byte>(byte));
}

// Numbers from 128 on are a mark and two bytes.
void append_count(Bytes& to, size_t count) {
    if (count < 0x80) {
        to.push_back(static_cast<std::byte>(count));
    } else {
        to.push_back(std::byte{0x81});
        append_le<uint16_t>(to, static_cast<uint16_t>(count));
    }
}

// As NSString counts: a character outside of the basic plane, four bytes here, is two.
size_t utf16_units(std::string_view text) {
    size_t units = 0;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool goes_on = (byte & 0xc0) == 0x80;
        units += goes_on ? 0 : byte >= 0xf0 ? 2 : 1;
    }
    return units;
}

std::string text_of(const Place& place, int64_t number) {
    const uint64_t seed = place.seed_of("message", static_cast<uint64_t>(number));
    std::string text(trim(to_text(make_text(seed, 12 + seed % 120))));
    if (seed % 9 == 0) text += " \xf0\x9f\x9a\xa2";
    return text;
}

}  // namespace

Bytes attributed_body(std::string_view text) {
    Bytes out;
    append_bytes(out, {0x04, 0x0b});
    append(out, as_bytes("streamtyped"));
    append_bytes(out, {0x81, 0xe8, 0x03, 0x84, 0x01, 0x40, 0x84, 0x84, 0x84});
    append_short_text(out, "NSAttributedString");
    append_bytes(out, {0x00, 0x84, 0x84});
    append_short_text(out, "NSObject");
    append_bytes(out, {0x00, 0x85, 0x92, 0x84, 0x84, 0x84});
    append_short_text(out, "NSString");
    append_bytes(out, {0x01, 0x94, 0x84, 0x01, 0x2b});
    append_count(out, text.size());
    append(out, as_bytes(text));
    append_bytes(out, {0x86, 0x84, 0x02, 0x69, 0x49, 0x01});
    append_count(out, utf16_units(text));
    append_bytes(out, {0x92, 0x84, 0x84, 0x84});
    append_short_text(out, "NSDictionary");
    append_bytes(out, {0x00, 0x94, 0x84, 0x01, 0x69, 0x00, 0x86, 0x86});
    return out;
}

Messages::Messages(const Place& place)
    : place_(place), database_(place.path(home_domain, messages_database)) {
    if (!database_.has_table("message")) {
        make_tables();
        make_chats();
    }
}

void Messages::make_tables() {
    database_.run(tables);
}

void Messages::make_chats() {
    for (int64_t i = 1; i <= people; ++i) {
        const Person who = person(static_cast<uint64_t>(i));
        const bool is_sms = i == people;
        const char* service = is_sms ? "SMS" : "iMessage";
        database_.insert(
            "handle", {{"ROWID", i}, {"id", who.phone}, {"country", "gb"}, {"service", service}});
        database_.insert("chat", {{"ROWID", i},
                                  {"guid", fmt::format("{};-;{}", service, who.phone)},
                                  {"style", 45},
                                  {"state", 3},
                                  {"chat_identifier", who.phone},
                                  {"service_name", service}});
        database_.insert("chat_handle_join", {{"chat_id", i}, {"handle_id", i}});
    }
    database_.insert("chat", {{"ROWID", group_chat},
                              {"guid", "iMessage;+;chat100200300400500"},
                              {"style", 43},
                              {"state", 3},
                              {"chat_identifier", "chat100200300400500"},
                              {"service_name", "iMessage"},
                              {"room_name", "chat100200300400500"},
                              {"display_name", "The crew"},
                              {"group_id", place_.uuid("group", 1)}});
    for (int64_t i = 1; i < people; ++i) {
        database_.insert("chat_handle_join", {{"chat_id", group_chat}, {"handle_id", i}});
    }
}

std::vector<std::string> Messages::add(uint64_t count) {
    std::vector<std::string> added;
    // AUTOINCREMENT: a number is never used again.
    const int64_t last = database_.number("SELECT seq FROM sqlite_sequence WHERE name='message'");
    for (uint64_t i = 0; i < count; ++i) {
        const int64_t number = last + 1 + static_cast<int64_t>(i);
        add_one(number, time_of(place_, i, count, between_messages));
        added.push_back(place_.uuid("message", static_cast<uint64_t>(number)));
    }
    return added;
}

void Messages::add_one(int64_t number, TimePoint sent) {
    const int64_t chat = 1 + number % group_chat;
    const int64_t handle = chat == group_chat ? 1 + number % (people - 1) : chat;
    const bool from_me = number % 3 == 0;
    const bool with_picture = number % 10 == 0;
    const int64_t date = apple_nanoseconds(sent);
    const std::string text = text_of(place_, number);
    // Since iOS 16 many messages have no plain text.
    const bool only_archived = place_.major >= 16 && number % 4 == 1;
    const int64_t row = database_.insert(
        "message", {{"ROWID", number},
                    {"guid", place_.uuid("message", static_cast<uint64_t>(number))},
                    {"text", only_archived ? Cell(nullptr) : Cell(text)},
                    {"handle_id", from_me ? 0 : handle},
                    {"attributedBody", attributed_body(text)},
                    {"version", 10},
                    {"service", chat == people ? "SMS" : "iMessage"},
                    {"account", "e:ada@example.com"},
                    {"date", date},
                    {"date_read", from_me ? 0 : date + 60'000'000'000},
                    {"date_delivered", date + 1'000'000'000},
                    {"is_delivered", 1},
                    {"is_finished", 1},
                    {"is_from_me", from_me},
                    {"is_read", !from_me},
                    {"is_sent", from_me},
                    {"cache_has_attachments", with_picture}});
    database_.insert("chat_message_join",
                     {{"chat_id", chat}, {"message_id", row}, {"message_date", date}});
    if (with_picture) add_picture(row, sent);
}

void Messages::add_picture(int64_t message, TimePoint sent) {
    const auto number = static_cast<uint64_t>(message);
    const std::string guid = place_.uuid("attachment", number);
    const uint64_t seed = place_.seed_of("attachment", number);
    const std::string relative =
        fmt::format("Library/SMS/Attachments/{:02x}/{:02}/{}/IMG_{:04}.jpeg", seed % 256, seed % 16,
                    guid, seed % 10000);
    const Bytes picture = make_photo({.seed = seed, .taken = sent, .width = 240, .height = 180});
    write_content_file(place_.path(media_domain, relative), picture, sent);
    const int64_t row =
        database_.insert("attachment", {{"guid", guid},
                                        {"created_date", unix_seconds(sent)},
                                        {"filename", "~/" + relative},
                                        {"uti", "public.jpeg"},
                                        {"mime_type", "image/jpeg"},
                                        {"transfer_state", 5},
                                        {"transfer_name", relative.substr(relative.rfind('/') + 1)},
                                        {"total_bytes", picture.size()}});
    database_.insert("message_attachment_join", {{"message_id", message}, {"attachment_id", row}});
}

std::vector<std::string> Messages::remove(uint64_t count) {
    const std::string chosen =
        fmt::format("SELECT ROWID FROM message ORDER BY ROWID LIMIT {}", count);
    const std::string pictures = fmt::format(
        "SELECT attachment_id FROM message_attachment_join WHERE message_id IN ({})", chosen);
    for (const std::string& name : database_.texts(
             fmt::format("SELECT filename FROM attachment WHERE ROWID IN ({})", pictures))) {
        const std::filesystem::path file = place_.path(media_domain, name.substr(2));
        std::filesystem::remove_all(file.parent_path());
    }
    const auto gone =
        database_.texts(fmt::format("SELECT guid FROM message WHERE ROWID IN ({})", chosen));
    database_.run(fmt::format(
        "INSERT INTO deleted_messages (guid) SELECT guid FROM message WHERE ROWID IN ({0});"
        "DELETE FROM attachment WHERE ROWID IN ({1});"
        "DELETE FROM message_attachment_join WHERE message_id IN ({0});"
        "DELETE FROM chat_message_join WHERE message_id IN ({0});"
        "DELETE FROM message WHERE ROWID IN ({0})",
        chosen, pictures));
    return gone;
}

}  // namespace lifeboat::sim::ios
