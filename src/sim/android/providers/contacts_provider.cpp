#include "sim/android/providers/contacts_provider.h"

#include "base/text.h"
#include "sim/android/providers/contacts_flags.h"
#include "sim/android/providers/table_query.h"
#include "sim/android/providers/vcard.h"

#include <fmt/format.h>

namespace lifeboat::sim::android {

namespace {

std::string quoted_text(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'') out += '\'';
        out += c;
    }
    return out + '\'';
}

// What an address stands for: the view it shows, the table it changes, and its rows.
struct Place {
    std::string view{};
    std::string table{};
    std::string condition{};
};

std::optional<Place> place_of(const ContentUri& uri) {
    const auto id = [&](size_t place) { return uri.id(place); };
    if (uri.matches({"contacts"})) return Place{"view_contacts", "contacts", ""};
    if (uri.matches({"contacts", "#"}))
        return Place{"view_contacts", "contacts", fmt::format("_id={}", id(1))};
    if (uri.matches({"contacts", "lookup", "*"}) || uri.matches({"contacts", "lookup", "*", "#"}))
        return Place{"view_contacts", "contacts", "lookup=" + quoted_text(uri.path[2])};
    if (uri.matches({"contacts", "#", "data"}))
        return Place{"view_data", "data", fmt::format("contact_id={}", id(1))};
    if (uri.matches({"raw_contacts"})) return Place{"view_raw_contacts", "raw_contacts", ""};
    if (uri.matches({"raw_contacts", "#"}))
        return Place{"view_raw_contacts", "raw_contacts", fmt::format("_id={}", id(1))};
    if (uri.matches({"raw_contacts", "#", "data"}))
        return Place{"view_data", "data", fmt::format("raw_contact_id={}", id(1))};
    if (uri.matches({"data"})) return Place{"view_data", "data", ""};
    if (uri.matches({"data", "#"})) return Place{"view_data", "data", fmt::format("_id={}", id(1))};
    if (uri.matches({"data", "phones"}))
        return Place{"view_data", "data", fmt::format("mimetype='{}'", mimetype::phone)};
    if (uri.matches({"data", "emails"}))
        return Place{"view_data", "data", fmt::format("mimetype='{}'", mimetype::email)};
    if (uri.matches({"groups"})) return Place{"view_groups", "groups", ""};
    if (uri.matches({"groups", "#"}))
        return Place{"view_groups", "groups", fmt::format("_id={}", id(1))};
    return std::nullopt;
}

Place known_place(const ContentUri& uri) {
    const auto place = place_of(uri);
    if (!place) throw illegal_argument("Unknown URI: " + uri.text);
    return *place;
}

// An address may name the account whose rows it means.
std::string account_condition(const ContentUri& uri) {
    const auto name = uri.parameter("account_name");
    const auto type = uri.parameter("account_type");
    if (!name || !type) return "";
    return fmt::format("account_name={} AND account_type={}", quoted_text(*name),
                       quoted_text(*type));
}

std::string joined(std::initializer_list<std::optional<std::string>> words) {
    std::string all;
    for (const auto& word : words) {
        if (word && !word->empty()) all += (all.empty() ? "" : " ") + *word;
    }
    return all;
}

// A name comes whole or in its parts; the phone makes the other of it.
void complete_name(ContentValues& values) {
    const auto whole = values.text("data1");
    const bool in_parts = values.has("data2") || values.has("data3") || values.has("data5");
    if (!whole && in_parts) {
        values.put("data1",
                   joined({values.text("data4"), values.text("data2"), values.text("data5"),
                           values.text("data3"), values.text("data6")}));
    } else if (whole && !in_parts) {
        const size_t blank = whole->rfind(' ');
        values.put("data2", whole->substr(0, blank));
        if (blank != std::string::npos) values.put("data3", whole->substr(blank + 1));
    }
}

// The number as it is dialled abroad, where the person wrote it so.
void complete_phone(ContentValues& values) {
    const std::string number = values.text("data1").value_or("");
    if (values.has("data4") || !number.starts_with('+')) return;
    std::string plain = "+";
    for (const char c : number) {
        if (c >= '0' && c <= '9') plain += c;
    }
    values.put("data4", plain);
}

}  // namespace

std::optional<Cursor> ContactsProvider::query(const Caller&, const QueryRequest& request) {
    const Place place = known_place(request.uri);
    TableQuery table;
    table.from = place.view;
    table.restriction = place.condition;
    if (place.view != "view_contacts") {
        table.restriction = both(table.restriction, account_condition(request.uri));
    }
    table.columns = contacts_.sql().columns(place.view);
    table.counts = true;
    if (const auto limit = request.uri.parameter("limit")) table.limit = parse_i64(*limit);
    return contacts_.sql().query(sql_of(table, request));
}

int64_t ContactsProvider::account_of(const ContentUri& uri, ContentValues& values) {
    AccountName account{values.text("account_name"), values.text("account_type")};
    if (!account.name) account.name = uri.parameter("account_name");
    if (!account.type) account.type = uri.parameter("account_type");
    const bool named = account.name && !account.name->empty();
    const bool typed = account.type && !account.type->empty();
    if (named != typed) {
        throw illegal_argument(
            "Must specify both or neither of ACCOUNT_NAME and ACCOUNT_TYPE URI: " + uri.text);
    }
    const bool unsaid =
        values.find("account_name") == nullptr && !uri.parameter("account_name").has_value();
    values.erase("account_name");
    values.erase("account_type");
    // From Android 16 on the person may have chosen where new contacts go.
    const int64_t chosen = contacts_.sql().number("SELECT account_id FROM default_account");
    if (unsaid && chosen != 0) return chosen;
    return contacts_.account_of(named ? account : AccountName{});
}

void ContactsProvider::insert_raw_contact(const Caller& caller, const ContentUri& uri,
                                          ContentValues values) {
    values.put("account_id", account_of(uri, values));
    for (const std::string_view ours : {"contact_id", "display_name", "display_name_source"}) {
        values.erase(ours);
    }
    if (!uri.flag("caller_is_syncadapter")) values.put("dirty", int64_t{1});
    const auto columns = contacts_.sql().columns("raw_contacts");
    for (const auto& [name, value] : values.all()) {
        if (std::ranges::find(columns, name) == columns.end()) return;
    }
    const int64_t id = contacts_.sql().insert("raw_contacts", values);
    if (!uri.flag("caller_is_syncadapter"))
        join_own_groups(contacts_.sql(), id, values.number("starred").value_or(0) != 0);
    contacts_.aggregate(id, caller.now_ms);
}

void ContactsProvider::insert_data(const Caller& caller, const ContentUri& uri,
                                   ContentValues values) {
    if (uri.path.size() == 3) values.put("raw_contact_id", uri.id(1));
    const auto raw_contact = values.number("raw_contact_id");
    if (!raw_contact) throw illegal_argument("raw_contact_id is required");
    const auto kind = values.text("mimetype");
    if (!kind || kind->empty()) throw illegal_argument("mimetype is required");
    const int64_t there = contacts_.sql().number(
        fmt::format("SELECT count(*) FROM raw_contacts WHERE _id={}", *raw_contact));
    if (there == 0) throw illegal_argument("raw_contact_id does not exist: " + uri.text);
    if (*kind == mimetype::name) complete_name(values);
    if (*kind == mimetype::phone) complete_phone(values);
    if (const auto source = values.text("group_sourceid"); source && *kind == mimetype::group) {
        const Value wanted = *source;
        values.put("data1",
                   contacts_.sql().number("SELECT _id FROM groups WHERE sourceid=?", {&wanted, 1}));
        values.erase("group_sourceid");
    }
    const auto columns = contacts_.sql().columns("data");
    for (const auto& [name, value] : values.all()) {
        if (std::ranges::find(columns, name) == columns.end()) return;
    }
    insert_flags(contacts_.sql(), contacts_.sql().insert("data", values), values);
    if (*kind == mimetype::group) star_favourites(contacts_.sql(), *raw_contact);
    contacts_.sql().run(fmt::format("UPDATE raw_contacts SET version=version+1{} WHERE _id={}",
                                    uri.flag("caller_is_syncadapter") ? "" : ", dirty=1",
                                    *raw_contact));
    contacts_.aggregate(*raw_contact, caller.now_ms);
}

void ContactsProvider::insert_group(const ContentUri& uri, ContentValues values) {
    values.put("account_id", account_of(uri, values));
    const auto columns = contacts_.sql().columns("groups");
    for (const auto& [name, value] : values.all()) {
        if (std::ranges::find(columns, name) == columns.end()) return;
    }
    contacts_.sql().insert("groups", values);
}

void ContactsProvider::insert(const Caller& caller, const ContentUri& uri,
                              const ContentValues& values) {
    if (uri.matches({"contacts"})) {
        throw unsupported_operation("Aggregate contacts are created automatically");
    }
    if (uri.matches({"raw_contacts"})) return insert_raw_contact(caller, uri, values);
    if (uri.matches({"data"}) || uri.matches({"raw_contacts", "#", "data"})) {
        return insert_data(caller, uri, values);
    }
    if (uri.matches({"groups"})) return insert_group(uri, values);
    throw unsupported_operation("Unknown uri: " + uri.text);
}

void ContactsProvider::update(const Caller& caller, const ContentUri& uri,
                              const ContentValues& given, const std::string& where) {
    const Place place = known_place(uri);
    ProviderDatabase& sql = contacts_.sql();
    const bool of_data = place.table == "data";
    const Cursor rows = sql.rows(fmt::format(
        "SELECT _id{} FROM {} WHERE ({})", of_data ? ", raw_contact_id" : "", place.view,
        place.condition.empty() && where.empty() ? "1" : both(place.condition, where)));
    const auto columns = sql.columns(place.table);
    for (const auto& [name, value] : given.all()) {
        if (std::ranges::find(columns, name) == columns.end()) return;
    }
    for (const auto& row : rows.rows) {
        const int64_t id = number_of(row[0]).value_or(0);
        ContentValues values = given;
        if (of_data) update_flags(sql, id, values);
        if (!values.empty()) sql.update(place.table, values, fmt::format("_id={}", id));
        if (of_data) contacts_.aggregate(number_of(row[1]).value_or(0), caller.now_ms);
        if (place.table == "raw_contacts") contacts_.aggregate(id, caller.now_ms);
    }
}

void ContactsProvider::remove_raw_contacts(const Caller& caller, const ContentUri& uri,
                                           const std::string& condition) {
    ProviderDatabase& sql = contacts_.sql();
    const Cursor rows =
        sql.rows(fmt::format("SELECT _id, account_name FROM view_raw_contacts WHERE ({})",
                             condition.empty() ? "1" : condition));
    for (const auto& row : rows.rows) {
        const int64_t id = number_of(row[0]).value_or(0);
        const bool local = std::holds_alternative<std::nullptr_t>(row[1]);
        // What a server knows of stays, marked, until its sync adapter has told it.
        sql.update("raw_contacts", {{"deleted", int64_t{1}}, {"dirty", int64_t{1}}},
                   fmt::format("_id={}", id));
        contacts_.aggregate(id, caller.now_ms);
        if (local || uri.flag("caller_is_syncadapter")) {
            sql.remove("raw_contacts", fmt::format("_id={}", id));
        }
    }
    contacts_.drop_empty_contacts();
}

void ContactsProvider::remove(const Caller& caller, const ContentUri& uri,
                              const std::string& where) {
    const Place place = known_place(uri);
    const std::string condition = both(place.condition, where);
    if (place.table == "raw_contacts") return remove_raw_contacts(caller, uri, condition);
    if (place.table == "contacts") {
        return remove_raw_contacts(
            caller, uri,
            fmt::format("contact_id IN (SELECT _id FROM view_contacts WHERE ({}))",
                        condition.empty() ? "1" : condition));
    }
    ProviderDatabase& sql = contacts_.sql();
    if (place.table == "groups") {
        sql.remove("groups", fmt::format("_id IN (SELECT _id FROM view_groups WHERE ({}))",
                                         condition.empty() ? "1" : condition));
        return;
    }
    const Cursor rows = sql.rows(fmt::format("SELECT _id, raw_contact_id FROM view_data WHERE ({})",
                                             condition.empty() ? "1" : condition));
    for (const auto& row : rows.rows) {
        sql.remove("data", fmt::format("_id={}", number_of(row[0]).value_or(0)));
        contacts_.aggregate(number_of(row[1]).value_or(0), caller.now_ms);
    }
}

Bytes ContactsProvider::photo_of(const std::string& contact_condition, bool whole,
                                 const ContentUri& uri) {
    const Cursor found = contacts_.sql().rows(fmt::format(
        "SELECT c.photo_file_id, d.data15 FROM contacts c JOIN data d ON d._id=c.photo_id "
        "WHERE c.{}",
        contact_condition));
    if (found.rows.empty()) throw file_not_found(uri.text);
    const auto file = number_of(found.rows[0][0]);
    const auto picture = whole && file ? contacts_.photo(*file) : std::nullopt;
    if (picture) return *picture;
    if (const auto* small = std::get_if<Bytes>(&found.rows[0][1])) return *small;
    throw file_not_found(uri.text);
}

Bytes ContactsProvider::read(const Caller&, const ContentUri& uri) {
    const bool photos = !uri.flag("no_photo");
    if (uri.matches({"contacts", "as_multi_vcard", "*"})) {
        std::vector<std::string> keys;
        for (const std::string_view key : split(uri.path[2], ':')) keys.emplace_back(key);
        return to_bytes(vcards(contacts_, keys, photos));
    }
    if (uri.matches({"contacts", "as_vcard", "*"})) {
        const std::string text = vcards(contacts_, std::span(&uri.path[2], 1), photos);
        if (text.empty()) throw file_not_found(uri.text);
        return to_bytes(text);
    }
    if (uri.matches({"display_photo", "#"})) {
        if (auto picture = contacts_.photo(uri.id(1))) return *std::move(picture);
        throw file_not_found(uri.text);
    }
    if (uri.matches({"contacts", "#", "photo"}) ||
        uri.matches({"contacts", "#", "display_photo"})) {
        return photo_of(fmt::format("_id={}", uri.id(1)), uri.path[2] == "display_photo", uri);
    }
    throw file_not_found("No files supported by provider at " + uri.text);
}

void ContactsProvider::write(const Caller& caller, const ContentUri& uri, ByteView bytes) {
    if (!uri.matches({"raw_contacts", "#", "display_photo"})) {
        throw file_not_found("No files supported by provider at " + uri.text);
    }
    const int64_t id = uri.id(1);
    const int64_t there =
        contacts_.sql().number(fmt::format("SELECT count(*) FROM raw_contacts WHERE _id={}", id));
    if (there == 0) throw file_not_found(uri.text);
    // What is no picture is read, and dropped without a word.
    const bool jpeg =
        bytes.size() > 2 && bytes[0] == std::byte{0xff} && bytes[1] == std::byte{0xd8};
    const bool png = bytes.size() > 2 && bytes[0] == std::byte{0x89} && bytes[1] == std::byte{'P'};
    if (!jpeg && !png) return;
    // The phone would scale it down for the row; the same picture stands for that here.
    contacts_.set_photo(id, bytes, bytes);
    contacts_.aggregate(id, caller.now_ms);
}

}  // namespace lifeboat::sim::android
