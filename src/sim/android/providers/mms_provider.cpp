#include "sim/android/providers/mms_provider.h"

#include <fmt/format.h>

namespace lifeboat::sim::android {

namespace {

constexpr std::string_view part_folder =
    "/data/user_de/0/com.android.providers.telephony/app_parts/";

// The table and the rows that an address stands for.
struct Place {
    std::string table{};
    std::string condition{};
    std::string sort{};
};

std::optional<int64_t> box_of(const ContentUri& uri) {
    static const std::map<std::string, int64_t, std::less<>> boxes{
        {"inbox", 1}, {"sent", 2}, {"drafts", 3}, {"outbox", 4}};
    const auto found = uri.path.empty() ? boxes.end() : boxes.find(uri.path[0]);
    if (found == boxes.end()) return std::nullopt;
    return found->second;
}

std::optional<Place> place_of(const ContentUri& uri, bool restricted) {
    const std::string pdu = restricted ? "pdu_restricted" : "pdu";
    if (uri.path.empty()) return Place{pdu, "", "date DESC"};
    if (uri.matches({"#"})) return Place{pdu, fmt::format("_id={}", uri.id(0)), ""};
    if (uri.matches({"part"})) return Place{"part", "", ""};
    if (uri.matches({"part", "#"})) return Place{"part", fmt::format("_id={}", uri.id(1)), ""};
    if (uri.matches({"#", "part"})) return Place{"part", fmt::format("mid={}", uri.id(0)), ""};
    if (uri.matches({"#", "addr"})) return Place{"addr", fmt::format("msg_id={}", uri.id(0)), ""};
    const auto box = box_of(uri);
    if (!box || uri.path.size() > 2) return std::nullopt;
    std::string condition = fmt::format("msg_box={}", *box);
    if (uri.path.size() == 2) condition += fmt::format(" AND _id={}", uri.id(1));
    return Place{pdu, condition, "date DESC"};
}

bool is_text(const std::string& kind) {
    return kind == "text/plain" || kind == "application/smil";
}

// As Java's File.getName tells it.
std::string_view last_name(std::string_view path) {
    while (path.ends_with('/')) path.remove_suffix(1);
    return path.substr(path.rfind('/') + 1);
}

// By the millisecond: two parts of one and of the same name have the same file.
std::string new_part_file(const Caller& caller, const ContentValues& values) {
    std::string path = fmt::format("{}PART_{}", part_folder, caller.now_ms);
    const std::string name = values.text("cl").value_or("");
    if (caller.names_part_files && !name.empty()) path += fmt::format("_{}", last_name(name));
    return path;
}

}  // namespace

std::optional<Cursor> MmsProvider::query(const Caller&, const QueryRequest& request) {
    const auto place = place_of(request.uri, true);
    if (!place || asks_subquery(request)) return std::nullopt;
    TableQuery table;
    table.from = place->table;
    table.restriction = place->condition;
    table.sort = place->sort;
    return messages_.sql().query(sql_of(table, request));
}

bool MmsProvider::takes(std::string_view table, const ContentValues& values) {
    const auto columns = messages_.sql().columns(std::string(table));
    return std::ranges::all_of(values.all(), [&](const auto& pair) {
        return std::ranges::find(columns, pair.first) != columns.end();
    });
}

void MmsProvider::insert_message(const Caller& caller, ContentValues values, int64_t box) {
    values.put_default("date", caller.now_ms / 1000);
    if (box != 0) values.put("msg_box", box);
    values.put_default("msg_box", int64_t{1});
    values.put("creator", std::string("com.android.shell"));
    if (!takes("pdu", values)) return;
    messages_.sql().insert("pdu", values);
    // Unlike content://sms this one makes no thread: who inserts asks for it before.
    if (const auto thread = values.number("thread_id")) messages_.refresh_thread(*thread);
}

void MmsProvider::insert_part(const Caller& caller, int64_t message, ContentValues values) {
    values.put("mid", message);
    values.erase("_data");
    const std::string kind = values.text("ct").value_or("");
    if (!is_text(kind)) {
        values.erase("text");
        const std::string path = new_part_file(caller, values);
        values.put("_data", path);
        // One that is there is taken without a word.
        if (!messages_.has_part_file(path)) messages_.put_part_file(path, {});
    }
    if (!takes("part", values)) return;
    messages_.sql().insert("part", values);
    const int64_t thread =
        messages_.sql().number(fmt::format("SELECT thread_id FROM pdu WHERE _id={}", message));
    if (thread != 0) messages_.refresh_thread(thread);
}

void MmsProvider::insert(const Caller& caller, const ContentUri& uri, const ContentValues& given) {
    if (uri.matches({"#", "part"})) return insert_part(caller, uri.id(0), given);
    if (uri.matches({"#", "addr"})) {
        ContentValues values = given;
        values.put("msg_id", uri.id(0));
        if (takes("addr", values)) messages_.sql().insert("addr", values);
        return;
    }
    const auto box = box_of(uri);
    if (!uri.path.empty() && (!box || uri.path.size() != 1)) {
        throw illegal_argument("Unknown URL " + uri.text);
    }
    insert_message(caller, given, box.value_or(0));
}

void MmsProvider::update(const Caller&, const ContentUri& uri, const ContentValues& values,
                         const std::string& where) {
    const auto place = place_of(uri, false);
    if (!place) return;
    ContentValues wanted = values;
    wanted.erase("creator");
    if (takes(place->table, wanted)) {
        messages_.sql().update(place->table, wanted, both(place->condition, where));
    }
    messages_.refresh_all_threads();
}

void MmsProvider::remove(const Caller&, const ContentUri& uri, const std::string& where) {
    const auto place = place_of(uri, false);
    if (!place) return;
    messages_.sql().remove(place->table, both(place->condition, where));
    messages_.drop_empty_threads();
    messages_.refresh_all_threads();
}

Bytes MmsProvider::read(const Caller&, const ContentUri& uri) {
    if (!uri.matches({"part", "#"})) throw illegal_argument("Invalid URI: " + uri.text);
    const Cursor found = messages_.sql().rows(
        fmt::format("SELECT f.bytes FROM part p LEFT JOIN part_files f ON f.path=p._data "
                    "WHERE p._id={} AND p._data IS NOT NULL",
                    uri.id(1)));
    if (found.rows.empty()) throw file_not_found("No entry for " + uri.text);
    if (const auto* bytes = std::get_if<Bytes>(&found.rows[0][0])) return *bytes;
    throw file_not_found("open failed: ENOENT (No such file or directory)");
}

void MmsProvider::write(const Caller&, const ContentUri& uri, ByteView bytes) {
    if (!uri.matches({"part", "#"})) throw illegal_argument("Invalid URI: " + uri.text);
    const auto path = messages_.sql().text(
        fmt::format("SELECT _data FROM part WHERE _id={} AND _data IS NOT NULL", uri.id(1)));
    if (!path) throw file_not_found("No entry for " + uri.text);
    messages_.put_part_file(*path, Bytes(bytes.begin(), bytes.end()));
}

std::optional<Cursor> MmsSmsProvider::query(const Caller& caller, const QueryRequest& request) {
    if (asks_subquery(request)) return std::nullopt;
    const ContentUri& uri = request.uri;
    TableQuery table;
    if (uri.matches({"conversations"}) && uri.flag("simple")) {
        table.from = "threads";
        table.sort = "date DESC";
    } else if (uri.matches({"canonical-addresses"})) {
        table.from = "canonical_addresses";
    } else if (uri.matches({"canonical-address", "#"})) {
        table.from = "canonical_addresses";
        table.restriction = fmt::format("_id={}", uri.id(1));
    } else if (uri.matches({"threadID"})) {
        std::set<std::string> recipients;
        const auto [first, end] = uri.query.equal_range("recipient");
        for (auto at = first; at != end; ++at) recipients.insert(at->second);
        if (recipients.empty()) return Cursor{{"_id"}, {}, {}};
        return Cursor{{"_id"}, {{messages_.thread_of(recipients, caller.now_ms)}}, {}};
    } else {
        throw JavaException("java.lang.IllegalStateException", "Unrecognized URI:" + uri.text);
    }
    return messages_.sql().query(sql_of(table, request));
}

}  // namespace lifeboat::sim::android
