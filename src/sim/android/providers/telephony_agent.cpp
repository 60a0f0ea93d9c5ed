#include "sim/android/providers/telephony_agent.h"

#include "ab/zlib_stream.h"
#include "base/error.h"
#include "base/text.h"
#include "sim/android/content_output.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <array>

namespace lifeboat::sim::android {

namespace {

using Json = nlohmann::json;

constexpr size_t messages_in_a_file = 1000;
constexpr uint64_t largest_file = uint64_t{256} << 20;
constexpr std::string_view files_domain = "d_f/";
// The numbers of the two SIMs that the world's messages came through.
constexpr std::array<std::string_view, 2> own_numbers{"+447700900999", "+447700900998"};
constexpr std::array<std::string_view, 7> sms_columns{"address",   "body",   "subject", "date",
                                                      "date_sent", "status", "type"};
constexpr std::array<std::string_view, 10> mms_columns{
    "sub", "sub_cs", "date", "date_sent", "m_type", "v", "msg_box", "ct_l", "tr_id", "read"};

using Row = std::map<std::string, Value, std::less<>>;

std::vector<Row> rows_of(ProviderDatabase& sql, const std::string& query) {
    const Cursor found = sql.rows(query);
    std::vector<Row> rows;
    for (const auto& cells : found.rows) {
        Row row;
        for (size_t i = 0; i < cells.size(); ++i) row[found.columns[i]] = cells[i];
        rows.push_back(std::move(row));
    }
    return rows;
}

// What is NULL is not named; everything else is a string.
void put(Json& object, std::string_view name, const Row& row) {
    const auto found = row.find(name);
    const auto text = found == row.end() ? std::nullopt : text_of(found->second);
    if (text) object[std::string(name)] = java_text(*text);
}

void put_self(Json& object, const Row& row) {
    const int64_t sim = number_of(row.at("sub_id")).value_or(-1);
    if (sim >= 1 && sim <= 2) object["self_phone"] = own_numbers[static_cast<size_t>(sim - 1)];
}

class Writer {
public:
    explicit Writer(TelephonyDatabase& messages) : sql_(messages.sql()) {
        for (const Row& row : rows_of(sql_, "SELECT _id, address FROM canonical_addresses")) {
            addresses_[text_of(row.at("_id")).value_or("")] =
                text_of(row.at("address")).value_or("");
        }
        for (const Row& row : rows_of(sql_, "SELECT _id, recipient_ids, archived FROM threads")) {
            threads_[number_of(row.at("_id")).value_or(0)] = row;
        }
    }

    AgentFiles write() {
        auto sms = rows_of(sql_, "SELECT * FROM sms ORDER BY date, _id");
        auto mms = rows_of(sql_, "SELECT * FROM pdu WHERE m_type!=130 ORDER BY date, _id");
        size_t next_sms = 0;
        size_t next_mms = 0;
        while (next_sms < sms.size() || next_mms < mms.size()) {
            const bool takes_sms =
                next_mms == mms.size() ||
                (next_sms < sms.size() && date(sms[next_sms], 1) < date(mms[next_mms], 1000));
            if (takes_sms)
                put_file(sms, next_sms, "sms", [&](const Row& row) { return sms_json(row); });
            else
                put_file(mms, next_mms, "mms", [&](const Row& row) { return mms_json(row); });
        }
        return std::move(files_);
    }

private:
    static int64_t date(const Row& row, int64_t unit) {
        return number_of(row.at("date")).value_or(0) * unit;
    }

    template <class Convert>
    void put_file(const std::vector<Row>& rows, size_t& next, std::string_view kind,
                  Convert convert) {
        Json array = Json::array();
        for (size_t taken = 0; taken < messages_in_a_file && next < rows.size(); ++taken) {
            Json object = convert(rows[next++]);
            if (!object.is_null()) array.push_back(std::move(object));
        }
        if (array.empty()) return;
        files_[fmt::format("{}{:06}_{}_backup", files_domain, files_.size(), kind)] =
            ab::deflate(as_bytes(array.dump()));
    }

    void put_thread(Json& object, const Row& row) {
        const auto thread = threads_.find(number_of(row.at("thread_id")).value_or(0));
        if (thread == threads_.end()) return;
        Json recipients = Json::array();
        const std::string ids = text_of(thread->second.at("recipient_ids")).value_or("");
        for (const std::string_view id : split(ids, ' ')) {
            const auto address = addresses_.find(id);
            if (address != addresses_.end()) recipients.push_back(java_text(address->second));
        }
        if (!recipients.empty()) object["recipients"] = std::move(recipients);
        if (number_of(thread->second.at("archived")).value_or(0) != 0) object["archived"] = true;
    }

    Json sms_json(const Row& row) {
        Json object = Json::object();
        put_self(object, row);
        for (const std::string_view name : sms_columns) put(object, name, row);
        put(object, "read", row);
        put_thread(object, row);
        return object;
    }

    Json mms_json(const Row& row) {
        const int64_t id = number_of(row.at("_id")).value_or(0);
        const auto texts = rows_of(
            sql_, fmt::format("SELECT text, chset FROM part WHERE mid={} AND ct='text/plain' "
                              "AND text IS NOT NULL ORDER BY seq, _id",
                              id));
        if (texts.empty()) return nullptr;
        Json object = Json::object();
        put_self(object, row);
        for (const std::string_view name : mms_columns) put(object, name, row);
        put_thread(object, row);
        std::string body;
        for (const Row& text : texts) body += text_of(text.at("text")).value_or("");
        object["mms_body"] = java_text(body);
        object["mms_charset"] = number_of(texts.front().at("chset")).value_or(106);
        Json addresses = Json::array();
        for (const Row& address :
             rows_of(sql_, fmt::format("SELECT * FROM addr WHERE msg_id={} ORDER BY _id", id))) {
            Json one = Json::object();
            put(one, "address", address);
            for (const char* name : {"type", "charset"}) {
                const int64_t number = number_of(address.at(name)).value_or(0);
                if (number != 0) one[name] = number;
            }
            addresses.push_back(std::move(one));
        }
        object["mms_addresses"] = std::move(addresses);
        return object;
    }

    ProviderDatabase& sql_;
    std::map<std::string, std::string, std::less<>> addresses_;
    std::map<int64_t, Row> threads_;
    AgentFiles files_;
};

class Restorer {
public:
    Restorer(TelephonyDatabase& messages, const AgentFiles& files, int64_t now_ms)
        : messages_(messages), sql_(messages.sql()), files_(files), now_ms_(now_ms) {}

    void restore() {
        for (auto file = files_.rbegin(); file != files_.rend(); ++file) {
            const auto& [name, content] = *file;
            if (!name.starts_with(files_domain)) continue;
            const bool sms = name.ends_with("_sms_backup");
            if (!sms && !name.ends_with("_mms_backup")) continue;
            const Json array = Json::parse(as_text(ab::inflate(content, largest_file)));
            for (const Json& object : array) sms ? put_sms(object) : put_mms(object);
        }
        messages_.refresh_all_threads();
    }

private:
    static Value value(const Json& object, std::string_view name) {
        const auto found = object.find(name);
        if (found == object.end() || found->is_null()) return nullptr;
        if (found->is_number_integer()) return found->get<int64_t>();
        return found->get<std::string>();
    }

    static int64_t sim_of(const Json& object) {
        const auto number = text_of(value(object, "self_phone"));
        if (number == own_numbers[0]) return 1;
        return number == own_numbers[1] ? 2 : -1;
    }

    int64_t thread_of(const Json& object) {
        std::set<std::string> people;
        if (const auto found = object.find("recipients"); found != object.end()) {
            for (const Json& one : *found) people.insert(one.get<std::string>());
        }
        if (people.empty()) people.insert("\u02bcUNKNOWN_SENDER!\u02bc");
        const int64_t thread = messages_.thread_of(people, now_ms_);
        if (object.value("archived", false)) {
            sql_.run(fmt::format("UPDATE threads SET archived=1 WHERE _id={}", thread));
        }
        return thread;
    }

    void put_sms(const Json& object) {
        ContentValues values;
        for (const std::string_view name : sms_columns) values.put(name, value(object, name));
        const std::array<Value, 2> same{*values.find("date"), *values.find("body")};
        if (sql_.number("SELECT count(*) FROM sms WHERE date IS CAST(? AS INTEGER) AND body IS ?",
                        same) != 0) {
            return;
        }
        values.put("read", object.contains("read") ? value(object, "read") : Value(int64_t{1}));
        values.put("seen", int64_t{1});
        values.put("sub_id", sim_of(object));
        values.put("thread_id", thread_of(object));
        sql_.insert("sms", values);
    }

    bool is_there(const Json& object, const std::string& body) {
        const std::array<Value, 3> same{value(object, "date"), body,
                                        object.value("mms_charset", int64_t{106})};
        return sql_.number(
                   "SELECT count(*) FROM pdu JOIN part ON part.mid=pdu._id WHERE "
                   "pdu.date IS CAST(? AS INTEGER) AND part.ct='text/plain' AND part.text=? "
                   "AND part.chset=?",
                   same) != 0;
    }

    void put_mms(const Json& object) {
        const std::string body = object.value("mms_body", std::string());
        if (is_there(object, body)) return;
        ContentValues values;
        for (const std::string_view name : mms_columns) values.put(name, value(object, name));
        if (!values.has("read")) values.put("read", int64_t{1});
        values.put("seen", int64_t{1});
        values.put("sub_id", sim_of(object));
        values.put("ct_t", std::string("application/vnd.wap.multipart.related"));
        values.put("thread_id", thread_of(object));
        const int64_t id = sql_.insert("pdu", values);
        const auto addresses = object.find("mms_addresses");
        for (size_t i = 0; addresses != object.end() && i < addresses->size(); ++i) {
            const Json& one = (*addresses)[i];
            sql_.insert("addr", {{"msg_id", id},
                                 {"address", value(one, "address")},
                                 {"type", one.value("type", int64_t{0})},
                                 {"charset", one.value("charset", int64_t{0})}});
        }
        put_parts(id, object, body);
    }

    void put_parts(int64_t id, const Json& object, const std::string& body) {
        sql_.insert("part", {{"mid", id},
                             {"seq", int64_t{-1}},
                             {"ct", "application/smil"},
                             {"cid", "<smil>"},
                             {"cl", "smil.xml"},
                             {"text", object.value("smil", std::string("<smil></smil>"))}});
        sql_.insert("part", {{"mid", id},
                             {"ct", "text/plain"},
                             {"cid", "<text>"},
                             {"cl", "text.txt"},
                             {"chset", object.value("mms_charset", int64_t{106})},
                             {"text", body}});
        const auto attachments = object.find("attachments");
        for (size_t i = 0; attachments != object.end() && i < attachments->size(); ++i) {
            const std::string name = (*attachments)[i].value("filename", std::string());
            const std::string path =
                "/data/user_de/0/" + std::string(telephony_package) + "/app_parts/" + name;
            sql_.insert("part", {{"mid", id},
                                 {"ct", (*attachments)[i].value("mime_type", std::string())},
                                 {"cl", name},
                                 {"_data", path}});
            const auto file = files_.find("d_r/app_parts/" + name);
            if (file != files_.end()) messages_.put_part_file(path, file->second);
        }
    }

    TelephonyDatabase& messages_;
    ProviderDatabase& sql_;
    const AgentFiles& files_;
    int64_t now_ms_;
};

}  // namespace

AgentFiles telephony_backup(TelephonyDatabase& messages) {
    return Writer(messages).write();
}

void restore_telephony(TelephonyDatabase& messages, const AgentFiles& files, int64_t now_ms) {
    // Thousands of rows: at once, as fast as the phone.
    messages.sql().run("BEGIN");
    try {
        Restorer(messages, files, now_ms).restore();
    } catch (const Json::exception&) {
        // What stands in the phone's log is not told to the host.
    } catch (const Error&) {
    }
    messages.sql().run("COMMIT");
}

}  // namespace lifeboat::sim::android
