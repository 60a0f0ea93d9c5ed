#include "sim/android/providers/telephony_database.h"

#include <fmt/format.h>

#include <array>
#include <cctype>

namespace lifeboat::sim::android {

namespace {

constexpr const char* schema = R"(
CREATE TABLE sms (_id INTEGER PRIMARY KEY AUTOINCREMENT, thread_id INTEGER, address TEXT,
  person INTEGER, date INTEGER, date_sent INTEGER DEFAULT 0, protocol INTEGER,
  read INTEGER DEFAULT 0, status INTEGER DEFAULT -1, type INTEGER, reply_path_present INTEGER,
  subject TEXT, body TEXT, service_center TEXT, locked INTEGER DEFAULT 0,
  sub_id INTEGER DEFAULT -1, error_code INTEGER DEFAULT -1, creator TEXT,
  seen INTEGER DEFAULT 0);
CREATE INDEX sms_thread ON sms (thread_id);
CREATE TABLE pdu (_id INTEGER PRIMARY KEY AUTOINCREMENT, thread_id INTEGER, date INTEGER,
  date_sent INTEGER DEFAULT 0, msg_box INTEGER, read INTEGER DEFAULT 0, m_id TEXT, sub TEXT,
  sub_cs INTEGER, ct_t TEXT, ct_l TEXT, exp INTEGER, m_cls TEXT, m_type INTEGER, v INTEGER,
  m_size INTEGER, pri INTEGER, rr INTEGER, rpt_a INTEGER, resp_st INTEGER, st INTEGER,
  tr_id TEXT, retr_st INTEGER, retr_txt TEXT, retr_txt_cs INTEGER, read_status INTEGER,
  ct_cls INTEGER, resp_txt TEXT, d_tm INTEGER, d_rpt INTEGER, locked INTEGER DEFAULT 0,
  sub_id INTEGER DEFAULT -1, seen INTEGER DEFAULT 0, creator TEXT, text_only INTEGER DEFAULT 0);
CREATE INDEX pdu_thread ON pdu (thread_id);
CREATE TABLE addr (_id INTEGER PRIMARY KEY AUTOINCREMENT, msg_id INTEGER, contact_id INTEGER,
  address TEXT, type INTEGER, charset INTEGER);
CREATE INDEX addr_message ON addr (msg_id);
CREATE TABLE part (_id INTEGER PRIMARY KEY AUTOINCREMENT, mid INTEGER, seq INTEGER DEFAULT 0,
  ct TEXT, name TEXT, chset INTEGER, cd TEXT, fn TEXT, cid TEXT, cl TEXT, ctt_s INTEGER,
  ctt_t TEXT, _data TEXT, text TEXT);
CREATE INDEX part_message ON part (mid);
-- The files that _data names. Two parts may name one; it goes with the first that is deleted.
CREATE TABLE part_files (path TEXT PRIMARY KEY, bytes BLOB);
CREATE TABLE threads (_id INTEGER PRIMARY KEY AUTOINCREMENT, date INTEGER DEFAULT 0,
  message_count INTEGER DEFAULT 0, recipient_ids TEXT, snippet TEXT, snippet_cs INTEGER DEFAULT 0,
  read INTEGER DEFAULT 1, archived INTEGER DEFAULT 0, type INTEGER DEFAULT 0,
  error INTEGER DEFAULT 0, has_attachment INTEGER DEFAULT 0);
CREATE INDEX thread_recipients ON threads (recipient_ids);
CREATE TABLE canonical_addresses (_id INTEGER PRIMARY KEY AUTOINCREMENT, address TEXT);
CREATE VIEW sms_restricted AS SELECT * FROM sms WHERE type=1 OR type=2;
CREATE VIEW pdu_restricted AS SELECT * FROM pdu WHERE (msg_box=1 OR msg_box=2) AND m_type!=130;
CREATE TRIGGER pdu_cleanup AFTER DELETE ON pdu BEGIN
  DELETE FROM addr WHERE msg_id=OLD._id; DELETE FROM part WHERE mid=OLD._id; END;
CREATE TRIGGER part_cleanup AFTER DELETE ON part BEGIN
  DELETE FROM part_files WHERE path=OLD._data; END;
)";

// A thread counts what is no draft; its words are those of its newest message.
constexpr const char* refresh = R"(
UPDATE threads SET
  message_count = (SELECT count(*) FROM sms WHERE thread_id=threads._id AND type!=3) +
    (SELECT count(*) FROM pdu WHERE thread_id=threads._id AND msg_box!=3
      AND m_type IN (128, 130, 132)),
  date = coalesce(max((SELECT coalesce(max(date), 0) FROM sms WHERE thread_id=threads._id),
    (SELECT coalesce(max(date), 0) * 1000 FROM pdu WHERE thread_id=threads._id)), 0),
  snippet = (SELECT body FROM sms WHERE thread_id=threads._id ORDER BY date DESC, _id DESC
    LIMIT 1),
  read = NOT EXISTS (SELECT 1 FROM sms WHERE thread_id=threads._id AND read=0),
  has_attachment = EXISTS (SELECT 1 FROM pdu JOIN part ON part.mid=pdu._id
    WHERE pdu.thread_id=threads._id AND part.ct NOT IN ('text/plain', 'application/smil'))
WHERE )";

constexpr const char* drop_empty = R"(
DELETE FROM threads WHERE NOT EXISTS (SELECT 1 FROM sms WHERE thread_id=threads._id)
  AND NOT EXISTS (SELECT 1 FROM pdu WHERE thread_id=threads._id))";

// Phone numbers are the same when their last seven digits are; anything else to the letter.
std::string compared(const std::string& address) {
    constexpr size_t digits_compared = 7;
    std::string digits;
    for (const char c : address) {
        if (std::isdigit(static_cast<unsigned char>(c)) != 0) {
            digits += c;
        } else if (std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '@') {
            return address;
        }
    }
    if (digits.size() < digits_compared) return address;
    return digits.substr(digits.size() - digits_compared);
}

}  // namespace

TelephonyDatabase::TelephonyDatabase() : database_(schema) {}

int64_t TelephonyDatabase::address_id(const std::string& address) {
    const auto [found, is_new] = addresses_.try_emplace(compared(address), 0);
    if (is_new) {
        found->second = database_.insert("canonical_addresses", {{"address", address}});
    }
    return found->second;
}

int64_t TelephonyDatabase::thread_of(const std::set<std::string>& recipients, int64_t now_ms) {
    std::set<int64_t> ids;
    for (const std::string& address : recipients) ids.insert(address_id(address));
    const Value key = fmt::format("{}", fmt::join(ids, " "));
    const std::string find = "SELECT _id FROM threads WHERE recipient_ids=?";
    if (const int64_t thread = database_.number(find, {&key, 1})) return thread;
    return database_.insert(
        "threads", {{"date", now_ms}, {"recipient_ids", key}, {"type", int64_t{ids.size() > 1}}});
}

void TelephonyDatabase::count_in_thread(int64_t thread, int64_t date_ms, const Value& body,
                                        bool read) {
    const std::array<Value, 4> values{thread, date_ms, body, int64_t{read}};
    database_.rows(
        "UPDATE threads SET snippet=CASE WHEN message_count=0 OR ?2>=date THEN ?3 ELSE snippet "
        "END, "
        "date=CASE WHEN message_count=0 THEN ?2 ELSE max(date, ?2) END, read=min(read, ?4), "
        "message_count=message_count+1 WHERE _id=?1",
        values);
}

void TelephonyDatabase::put_part_file(const std::string& path, Bytes bytes) {
    const Value name = path;
    database_.remove("part_files", "path=?", {&name, 1});
    database_.insert("part_files", {{"path", name}, {"bytes", std::move(bytes)}});
}

bool TelephonyDatabase::has_part_file(const std::string& path) {
    const Value name = path;
    return database_.number("SELECT count(*) FROM part_files WHERE path=?", {&name, 1}) != 0;
}

void TelephonyDatabase::refresh_thread(int64_t thread) {
    database_.run(fmt::format("{}_id={}", refresh, thread));
}

void TelephonyDatabase::refresh_all_threads() {
    database_.run(fmt::format("{}1", refresh));
}

void TelephonyDatabase::drop_empty_threads() {
    database_.run(drop_empty);
}

bool asks_subquery(const QueryRequest& request) {
    for (const std::string& part : request.projection.value_or(std::vector<std::string>{})) {
        if (has_word(part, "SELECT")) return true;
    }
    return has_word(request.where, "SELECT") || has_word(request.sort, "SELECT");
}

}  // namespace lifeboat::sim::android
