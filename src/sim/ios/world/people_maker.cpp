#include "sim/ios/world/people_maker.h"

#include "sim/content_maker.h"
#include "sim/document_maker.h"
#include "sim/ios/world/messages_maker.h"
#include "sim/ios/world/phone_database.h"

#include <fmt/format.h>

namespace lifeboat::sim::ios {

namespace {

constexpr int property_phone = 3;
constexpr int property_mail = 4;

constexpr const char* contact_tables = R"(
CREATE TABLE ABPerson (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, First TEXT, Last TEXT, Middle TEXT,
  Organization TEXT, Note TEXT, Kind INTEGER, Birthday TEXT, JobTitle TEXT, Nickname TEXT,
  CreationDate INTEGER, ModificationDate INTEGER, ExternalIdentifier TEXT, StoreID INTEGER,
  guid TEXT);
CREATE TABLE ABMultiValue (UID INTEGER PRIMARY KEY, record_id INTEGER, property INTEGER,
  identifier INTEGER,
  label INTEGER, value TEXT, guid TEXT);
CREATE TABLE ABMultiValueLabel (value TEXT, UNIQUE (value));
CREATE TABLE ABGroup (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, Name TEXT, ExternalIdentifier TEXT,
  StoreID INTEGER, guid TEXT);
CREATE TABLE ABGroupMembers (UID INTEGER PRIMARY KEY, group_id INTEGER, member_type INTEGER,
  member_id INTEGER);
CREATE TABLE ABStore (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, Name TEXT, Type INTEGER, guid TEXT);
INSERT INTO ABMultiValueLabel VALUES ('_$!<Mobile>!$_'), ('_$!<Home>!$_');
)";

constexpr const char* call_tables = R"(
CREATE TABLE ZCALLRECORD (Z_PK INTEGER PRIMARY KEY, Z_ENT INTEGER, Z_OPT INTEGER, ZANSWERED INTEGER,
  ZCALLTYPE INTEGER, ZDISCONNECTED_CAUSE INTEGER, ZHANDLE_TYPE INTEGER, ZORIGINATED INTEGER,
  ZREAD INTEGER,
  ZDATE TIMESTAMP, ZDURATION FLOAT, ZADDRESS VARCHAR, ZISO_COUNTRY_CODE VARCHAR, ZLOCATION VARCHAR,
  ZNAME VARCHAR, ZSERVICE_PROVIDER VARCHAR, ZUNIQUE_ID VARCHAR);
)";

constexpr const char* voicemail_tables = R"(
CREATE TABLE voicemail (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, remote_uid INTEGER,
  date INTEGER, token TEXT,
  sender TEXT, callback_num TEXT, duration INTEGER, expiration INTEGER, trashed_date INTEGER,
  flags INTEGER,
  receiver TEXT, uuid TEXT);
)";

}  // namespace

void make_contacts(const Place& place, uint64_t count) {
    PhoneDatabase book(place.path(home_domain, "Library/AddressBook/AddressBook.sqlitedb"));
    book.run(contact_tables);
    book.insert("ABStore", {{"Name", "Card"}, {"Type", 0}, {"guid", place.uuid("store", 1)}});
    book.insert("ABGroup", {{"Name", "The crew"}, {"StoreID", 1}, {"guid", place.uuid("crew", 1)}});
    for (uint64_t i = 1; i <= count; ++i) {
        const Person who = person(i);
        const auto born = static_cast<int64_t>(
            apple_seconds(time_of(place, i - 1, count, std::chrono::hours(150))));
        const int64_t row = book.insert("ABPerson", {{"First", std::string(who.first)},
                                                     {"Last", std::string(who.last)},
                                                     {"Kind", 0},
                                                     {"CreationDate", born},
                                                     {"ModificationDate", born},
                                                     {"StoreID", 1},
                                                     {"guid", place.uuid("contact", i)}});
        book.insert("ABMultiValue", {{"record_id", row},
                                     {"property", property_phone},
                                     {"identifier", 0},
                                     {"label", 1},
                                     {"value", who.phone},
                                     {"guid", place.uuid("phone number", i)}});
        book.insert("ABMultiValue", {{"record_id", row},
                                     {"property", property_mail},
                                     {"identifier", 0},
                                     {"label", 2},
                                     {"value", who.mail},
                                     {"guid", place.uuid("mail address", i)}});
        if (i % 3 == 0) {
            book.insert("ABGroupMembers",
                        {{"group_id", 1}, {"member_type", 0}, {"member_id", row}});
        }
    }
    book.commit();
}

void make_calls(const Place& place, uint64_t count) {
    PhoneDatabase calls(place.path(home_domain, "Library/CallHistoryDB/CallHistory.storedata"));
    make_core_data_tables(calls, {"CallDBProperties", "CallRecord"});
    calls.run(call_tables);
    for (uint64_t i = 0; i < count; ++i) {
        const Person who = person(i % 7);
        const bool missed = i % 4 == 3;
        calls.insert(
            "ZCALLRECORD",
            {{"Z_ENT", 2},
             {"Z_OPT", 1},
             {"ZANSWERED", !missed},
             {"ZCALLTYPE", i % 5 == 4 ? 8 : 1},
             {"ZHANDLE_TYPE", 2},
             {"ZORIGINATED", i % 2},
             {"ZREAD", 1},
             {"ZDATE", apple_seconds(time_of(place, i, count, std::chrono::hours(9)))},
             {"ZDURATION", missed ? 0.0 : 30.5 + static_cast<double>(i % 600)},
             {"ZADDRESS", who.phone},
             {"ZISO_COUNTRY_CODE", "gb"},
             {"ZSERVICE_PROVIDER", i % 5 == 4 ? "com.apple.FaceTime" : "com.apple.Telephony"},
             {"ZUNIQUE_ID", place.uuid("call", i + 1)}});
    }
    calls.commit();
}

void make_voicemails(const Place& place, uint64_t count) {
    PhoneDatabase mails(place.path(home_domain, "Library/Voicemail/voicemail.db"));
    mails.run(voicemail_tables);
    for (uint64_t i = 1; i <= count; ++i) {
        const TimePoint left = time_of(place, i - 1, count, std::chrono::hours(130));
        const int64_t row = mails.insert("voicemail", {{"remote_uid", 700 + i},
                                                       {"date", unix_seconds(left)},
                                                       {"sender", person(i).phone},
                                                       {"callback_num", person(i).phone},
                                                       {"duration", 5 + i % 50},
                                                       {"trashed_date", 0},
                                                       {"flags", 75},
                                                       {"uuid", place.uuid("voicemail", i)}});
        Bytes sound = to_bytes("#!AMR\n");
        append(sound, make_random(place.seed_of("voicemail", i), 6'400));
        write_content_file(place.path(home_domain, fmt::format("Library/Voicemail/{}.amr", row)),
                           sound, left);
    }
    mails.commit();
}

}  // namespace lifeboat::sim::ios
