#include "sim/ios/world/planner_maker.h"

#include "sim/content_maker.h"
#include "sim/crc32.h"
#include "sim/document_maker.h"
#include "sim/ios/world/messages_maker.h"
#include "sim/ios/world/phone_database.h"

#include <fmt/format.h>

#include <algorithm>

namespace lifeboat::sim::ios {

namespace {

constexpr const char* calendar_tables = R"(
CREATE TABLE Store (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, type INTEGER,
  external_id TEXT,
  persistent_id TEXT);
CREATE TABLE Calendar (ROWID INTEGER PRIMARY KEY, store_id INTEGER, title TEXT, flags INTEGER,
  color TEXT,
  external_id TEXT, type TEXT, UUID TEXT);
CREATE TABLE CalendarItem (ROWID INTEGER PRIMARY KEY, summary TEXT, location_id INTEGER,
  description TEXT,
  start_date REAL, start_tz TEXT, end_date REAL, end_tz TEXT, all_day INTEGER, calendar_id INTEGER,
  status INTEGER, availability INTEGER, url TEXT, last_modified REAL, creation_date REAL,
  has_recurrences INTEGER,
  has_attendees INTEGER, UUID TEXT, unique_identifier TEXT, entity_type INTEGER);
CREATE TABLE Participant (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, entity_type INTEGER,
  type INTEGER,
  status INTEGER, role INTEGER, owner_id INTEGER, email TEXT, UUID TEXT);
CREATE TABLE Recurrence (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, frequency INTEGER,
  interval INTEGER,
  count INTEGER, end_date REAL, owner_id INTEGER, UUID TEXT);
)";

constexpr const char* note_tables = R"(
CREATE TABLE ZICCLOUDSYNCINGOBJECT (Z_PK INTEGER PRIMARY KEY, Z_ENT INTEGER, Z_OPT INTEGER,
  ZMARKEDFORDELETION INTEGER, ZACCOUNT2 INTEGER, ZFOLDER INTEGER, ZNOTEDATA INTEGER,
  ZISPINNED INTEGER,
  ZISPASSWORDPROTECTED INTEGER, ZCREATIONDATE1 TIMESTAMP, ZMODIFICATIONDATE1 TIMESTAMP,
  ZIDENTIFIER VARCHAR,
  ZTITLE1 VARCHAR, ZTITLE2 VARCHAR, ZSNIPPET VARCHAR, ZNAME VARCHAR);
CREATE TABLE ZICNOTEDATA (Z_PK INTEGER PRIMARY KEY, Z_ENT INTEGER, Z_OPT INTEGER, ZNOTE INTEGER,
  ZCRYPTOINITIALIZATIONVECTOR BLOB, ZCRYPTOTAG BLOB, ZDATA BLOB);
)";

void append_varint(Bytes& to, uint64_t number) {
    for (; number >= 0x80; number >>= 7) to.push_back(static_cast<std::byte>(number | 0x80));
    to.push_back(static_cast<std::byte>(number));
}

void append_number(Bytes& to, unsigned field, uint64_t number) {
    append_varint(to, field << 3);
    append_varint(to, number);
}

void append_field(Bytes& to, unsigned field, ByteView content) {
    append_varint(to, (field << 3) | 2);
    append_varint(to, content.size());
    append(to, content);
}

// Stored, not compressed: every reader of gzip takes it.
Bytes gzip(ByteView content) {
    Bytes out = to_bytes(std::string_view("\x1f\x8b\x08\0\0\0\0\0\0\x13", 10));
    const uint32_t sum = crc32(content);
    const auto size = static_cast<uint32_t>(content.size());
    do {
        const size_t part = std::min<size_t>(content.size(), 0xffff);
        out.push_back(std::byte{part == content.size()});
        append_le<uint16_t>(out, static_cast<uint16_t>(part));
        append_le<uint16_t>(out, static_cast<uint16_t>(~part));
        append(out, content.first(part));
        content = content.subspan(part);
    } while (!content.empty());
    append_le<uint32_t>(out, sum);
    append_le<uint32_t>(out, size);
    return out;
}

void add_note(PhoneDatabase& notes, const Place& place, uint64_t number, TimePoint written) {
    const bool deleted = number == 0;
    const std::string title = fmt::format("Note {}", number);
    const std::string rest =
        to_text(make_text(place.seed_of("note", number), 80 + 40 * (number % 40)));
    const int64_t data =
        notes.insert("ZICNOTEDATA", {{"Z_ENT", 19}, {"ZDATA", note_body(title + "\n" + rest)}});
    const int64_t row =
        notes.insert("ZICCLOUDSYNCINGOBJECT", {{"Z_ENT", 12},
                                               {"ZMARKEDFORDELETION", deleted},
                                               {"ZACCOUNT2", 1},
                                               {"ZFOLDER", 2},
                                               {"ZNOTEDATA", data},
                                               {"ZISPINNED", number == 1},
                                               {"ZISPASSWORDPROTECTED", 0},
                                               {"ZCREATIONDATE1", apple_seconds(written)},
                                               {"ZMODIFICATIONDATE1", apple_seconds(written) + 90},
                                               {"ZIDENTIFIER", place.uuid("note", number)},
                                               {"ZTITLE1", title},
                                               {"ZSNIPPET", rest.substr(0, 60)}});
    notes.run(fmt::format("UPDATE ZICNOTEDATA SET ZNOTE={} WHERE Z_PK={}", row, data));
}

}  // namespace

Bytes note_body(std::string_view text) {
    Bytes run;
    append_number(run, 1, text.size());
    Bytes note;
    append_field(note, 2, as_bytes(text));
    append_field(note, 5, run);
    Bytes document;
    append_number(document, 1, 0);
    append_number(document, 2, 0);
    append_field(document, 3, note);
    Bytes all;
    append_number(all, 1, 0);
    append_field(all, 2, document);
    return gzip(all);
}

void make_calendar(const Place& place, uint64_t events) {
    PhoneDatabase calendar(place.path(home_domain, "Library/Calendar/Calendar.sqlitedb"));
    calendar.run(calendar_tables);
    calendar.insert("Store", {{"name", "Default"}, {"type", 0}});
    calendar.insert("Calendar", {{"store_id", 1},
                                 {"title", "Home"},
                                 {"color", "#1BADF8"},
                                 {"UUID", place.uuid("calendar", 1)}});
    for (uint64_t i = 1; i <= events; ++i) {
        const double start = apple_seconds(time_of(place, i - 1, events, std::chrono::hours(50)));
        const bool whole_day = i % 6 == 0;
        const int64_t row =
            calendar.insert("CalendarItem", {{"summary", fmt::format("Harbour tour {}", i)},
                                             {"start_date", start},
                                             {"start_tz", "Europe/London"},
                                             {"end_date", start + (whole_day ? 86'400 : 3'600)},
                                             {"all_day", whole_day},
                                             {"calendar_id", 1},
                                             {"last_modified", start - 100'000},
                                             {"creation_date", start - 200'000},
                                             {"has_recurrences", i % 5 == 0},
                                             {"has_attendees", i % 4 == 0},
                                             {"UUID", place.uuid("event", i)},
                                             {"unique_identifier", place.uuid("event", i)},
                                             {"entity_type", 2}});
        if (i % 5 == 0) {
            calendar.insert("Recurrence", {{"frequency", 2},
                                           {"interval", 1},
                                           {"owner_id", row},
                                           {"UUID", place.uuid("recurrence", i)}});
        }
        if (i % 4 == 0) {
            calendar.insert("Participant", {{"entity_type", 7},
                                            {"owner_id", row},
                                            {"email", person(i).mail},
                                            {"UUID", place.uuid("participant", i)}});
        }
    }
    calendar.commit();
}

void make_notes(const Place& place, uint64_t count) {
    PhoneDatabase notes(place.path(notes_domain, "NoteStore.sqlite"));
    make_core_data_tables(notes, {"ICCloudSyncingObject", "ICNoteData"});
    notes.run(note_tables);
    notes.insert("ZICCLOUDSYNCINGOBJECT",
                 {{"Z_ENT", 14}, {"ZNAME", "iCloud"}, {"ZIDENTIFIER", place.uuid("account", 1)}});
    notes.insert("ZICCLOUDSYNCINGOBJECT", {{"Z_ENT", 15},
                                           {"ZTITLE2", "Notes"},
                                           {"ZACCOUNT2", 1},
                                           {"ZIDENTIFIER", place.uuid("folder", 1)}});
    if (count > 0) add_note(notes, place, 0, place.newest);
    for (uint64_t i = 1; i <= count; ++i) {
        add_note(notes, place, i, time_of(place, i - 1, count, std::chrono::hours(31)));
    }
    notes.commit();
    if (count == 0) return;
    // What a note shows lies beside the database.
    const std::string picture =
        fmt::format("Accounts/LocalAccount/Media/{}/sketch.pdf", place.uuid("sketch", 1));
    write_content_file(place.path(notes_domain, picture), make_pdf("A sketch"), place.newest);
}

}  // namespace lifeboat::sim::ios
