#include "sim/android/providers/contacts_database.h"

#include "base/hex.h"
#include "sim/android/providers/contacts_flags.h"
#include "sim/android/providers/contacts_schema.h"

#include <fmt/format.h>

#include <array>
#include <cctype>

namespace lifeboat::sim::android {

namespace {

constexpr int64_t never_aggregate = 3;
constexpr int64_t from_name = 40;

// Java's String.hashCode of ASCII texts.
uint32_t java_hash(std::string_view text) {
    uint32_t hash = 0;
    for (const char c : text) hash = hash * 31 + static_cast<unsigned char>(c);
    return hash;
}

// Stands for a name's collation key.
std::string normalized(std::string_view name) {
    std::string letters;
    for (const char c : name) {
        if (c == ' ') continue;
        letters += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    }
    return to_hex(as_bytes(letters));
}

std::string doubled_dots(std::string_view text) {
    std::string out;
    for (const char c : text) out += c == '.' ? std::string("..") : std::string(1, c);
    return out;
}

}  // namespace

ContactsDatabase::ContactsDatabase() : database_(contacts_schema) {}

int64_t ContactsDatabase::account_of(const AccountName& account) {
    const auto value = [](const std::optional<std::string>& text) {
        return text ? Value(*text) : Value(nullptr);
    };
    const std::array<Value, 2> both{value(account.name), value(account.type)};
    const int64_t found = database_.number(
        "SELECT _id FROM accounts WHERE account_name IS ? AND account_type IS ?", both);
    if (found != 0) return found;
    return database_.insert("accounts", {{"account_name", both[0]}, {"account_type", both[1]}});
}

ContactsDatabase::Raw ContactsDatabase::load(int64_t raw_contact) {
    Raw raw;
    const Value me = raw_contact;
    const Cursor row = database_.rows(
        "SELECT account_id, contact_id, deleted, aggregation_mode FROM raw_contacts WHERE _id=?",
        {&me, 1});
    if (row.rows.empty()) return raw;
    raw.account = number_of(row.rows[0][0]).value_or(0);
    raw.contact = number_of(row.rows[0][1]).value_or(0);
    raw.deleted = number_of(row.rows[0][2]).value_or(0) != 0;
    raw.alone = number_of(row.rows[0][3]).value_or(0) == never_aggregate;
    // A name goes before a nickname, that before a firm, a number, an address.
    static const std::string best_name = fmt::format(
        "SELECT data1, CASE mimetype WHEN '{}' THEN 40 WHEN '{}' THEN 35 WHEN '{}' THEN 30 "
        "WHEN '{}' THEN 20 WHEN '{}' THEN 10 ELSE 0 END AS source FROM data "
        "WHERE raw_contact_id=? AND source>0 AND coalesce(data1, '')!='' "
        "ORDER BY source DESC, _id LIMIT 1",
        mimetype::name, mimetype::nickname, mimetype::organization, mimetype::phone,
        mimetype::email);
    const Cursor named = database_.rows(best_name, {&me, 1});
    if (!named.rows.empty()) {
        raw.name = text_of(named.rows[0][0]).value_or("");
        raw.name_source = number_of(named.rows[0][1]).value_or(0);
    }
    return raw;
}

int64_t ContactsDatabase::contact_for(int64_t raw_contact, const Raw& raw) {
    if (raw.name_source == from_name && !raw.alone) {
        const std::array<Value, 4> values{raw.name, raw_contact, raw.account, raw_contact};
        const int64_t same = database_.number(
            "SELECT r.contact_id FROM raw_contacts r WHERE r.display_name=? COLLATE NOCASE "
            "AND r.display_name_source=40 AND r.deleted=0 AND r.aggregation_mode!=3 "
            "AND r._id!=? AND r.contact_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "
            "raw_contacts s WHERE s.contact_id=r.contact_id AND s.account_id=? AND s._id!=?) "
            "ORDER BY r.contact_id LIMIT 1",
            values);
        if (same != 0) return same;
    }
    const std::array<Value, 2> place{raw.contact, raw_contact};
    const int64_t others =
        database_.number("SELECT count(*) FROM raw_contacts WHERE contact_id=? AND _id!=?", place);
    if (raw.contact != 0 && others == 0) return raw.contact;
    return database_.insert("contacts", {{"name_raw_contact_id", raw_contact}});
}

void ContactsDatabase::aggregate(int64_t raw_contact, int64_t now_ms) {
    const Raw raw = load(raw_contact);
    if (raw.account == 0) return;
    const size_t blank = raw.name.rfind(' ');
    const std::string alternative =
        blank == std::string::npos || raw.name_source != from_name
            ? raw.name
            : raw.name.substr(blank + 1) + ", " + raw.name.substr(0, blank);
    const Value name = raw.name.empty() ? Value(nullptr) : Value(raw.name);
    const Value other = raw.name.empty() ? Value(nullptr) : Value(alternative);
    const int64_t contact = raw.deleted ? 0 : contact_for(raw_contact, raw);
    if (contact != raw.contact) join_flags(database_, raw_contact, contact);
    const Value me = raw_contact;
    database_.update("raw_contacts",
                     {{"display_name", name},
                      {"display_name_alt", other},
                      {"display_name_source", raw.name_source},
                      {"sort_key", name},
                      {"sort_key_alt", other},
                      {"contact_id", raw.deleted ? Value(nullptr) : Value(contact)}},
                     "_id=?", {&me, 1});
    if (contact != 0) refresh_contact(contact, now_ms);
    if (raw.contact != 0 && raw.contact != contact) refresh_contact(raw.contact, now_ms);
}

std::string ContactsDatabase::lookup_key(int64_t contact) {
    const Value wanted = contact;
    const Cursor raws = database_.rows(
        "SELECT r._id, r.sourceid, r.display_name, a.account_name, a.account_type "
        "FROM raw_contacts r JOIN accounts a ON r.account_id=a._id WHERE r.contact_id=? "
        "ORDER BY r._id",
        {&wanted, 1});
    std::string key;
    for (const auto& row : raws.rows) {
        const auto account = text_of(row[3]);
        const auto type = text_of(row[4]);
        const uint32_t hash =
            account && type ? (java_hash(*account) ^ java_hash(*type)) & 0xfff : 0;
        if (!key.empty()) key += '.';
        const auto source = text_of(row[1]);
        if (!source) {
            key += fmt::format("{}r{}-{}", hash, number_of(row[0]).value_or(0),
                               normalized(text_of(row[2]).value_or("")));
            continue;
        }
        const bool dots = source->find('.') != std::string::npos;
        key += fmt::format("{}{}{}", hash, dots ? 'e' : 'i', doubled_dots(*source));
    }
    return key;
}

void ContactsDatabase::refresh_contact(int64_t contact, int64_t now_ms) {
    const Value me = contact;
    const std::string mine = "(SELECT _id FROM raw_contacts WHERE contact_id=?1)";
    if (database_.number("SELECT count(*) FROM raw_contacts WHERE contact_id=?", {&me, 1}) == 0) {
        database_.remove("contacts", "_id=?", {&me, 1});
        return;
    }
    static const std::string best = fmt::format(
        "SELECT (SELECT _id FROM raw_contacts WHERE contact_id=?1 ORDER BY display_name_source "
        "DESC, _id LIMIT 1), (SELECT _id {1}), (SELECT CAST(data14 AS INTEGER) {1}), "
        "EXISTS (SELECT 1 FROM data WHERE raw_contact_id IN {0} AND mimetype='{2}'), "
        "(SELECT max(starred) FROM raw_contacts WHERE contact_id=?1)",
        mine,
        fmt::format("FROM data WHERE raw_contact_id IN {} AND mimetype='{}' AND data15 IS NOT "
                    "NULL ORDER BY is_super_primary DESC, _id LIMIT 1",
                    mine, mimetype::photo),
        mimetype::phone);
    const auto found = database_.rows(best, {&me, 1}).rows.front();
    database_.update("contacts",
                     {{"name_raw_contact_id", found[0]},
                      {"photo_id", found[1]},
                      {"photo_file_id", found[2]},
                      {"has_phone_number", found[3]},
                      {"starred", found[4]},
                      {"contact_last_updated_timestamp", now_ms},
                      {"lookup", lookup_key(contact)}},
                     "_id=?", {&me, 1});
}

int64_t ContactsDatabase::keep_photo(ByteView jpeg) {
    return database_.insert("photo_files", {{"bytes", Bytes(jpeg.begin(), jpeg.end())}});
}

std::optional<Bytes> ContactsDatabase::photo(int64_t file) {
    const Cursor found =
        database_.rows(fmt::format("SELECT bytes FROM photo_files WHERE _id={}", file));
    if (found.rows.empty()) return std::nullopt;
    return std::get<Bytes>(found.rows[0][0]);
}

void ContactsDatabase::set_photo(int64_t raw_contact, ByteView jpeg, ByteView thumbnail) {
    const std::string mine =
        fmt::format("raw_contact_id={} AND mimetype='{}'", raw_contact, mimetype::photo);
    database_.remove("data", mine);
    database_.insert("data", {{"raw_contact_id", raw_contact},
                              {"mimetype", std::string(mimetype::photo)},
                              {"data14", fmt::to_string(keep_photo(jpeg))},
                              {"data15", Bytes(thumbnail.begin(), thumbnail.end())}});
}

void ContactsDatabase::drop_empty_contacts() {
    database_.remove("contacts",
                     "_id NOT IN (SELECT contact_id FROM raw_contacts WHERE "
                     "contact_id IS NOT NULL)");
}

}  // namespace lifeboat::sim::android
