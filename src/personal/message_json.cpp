// Messages as lines of JSON. What is as it mostly is (0, NULL, -1 where that is the default) is
// left out.
#include "base/error.h"
#include "base/hex.h"
#include "base/text.h"
#include "personal/message.h"
#include "personal/record_lines.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace lifeboat::personal {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kind = "messages";
constexpr unsigned version = 1;
constexpr size_t max_column = 64;

// A text that is no UTF-8 is kept as its bytes: {"hex": "c3"}.
Json json_of(const std::string& text) {
    if (is_valid_utf8(text)) return text;
    return Json{{"hex", to_hex(as_bytes(text))}};
}

std::string text_of_json(const Json& value) {
    if (value.is_string()) return value.get<std::string>();
    const auto bytes = from_hex(value.at("hex").get<std::string>());
    if (!bytes) throw Corrupt("a text is no hexadecimal number");
    return to_text(*bytes);
}

class Writer {
public:
    void text(const char* name, const std::optional<std::string>& value) {
        if (value) out[name] = json_of(*value);
    }
    void number(const char* name, int64_t value, int64_t usual) {
        if (value != usual) out[name] = value;
    }
    void number(const char* name, const std::optional<int64_t>& value) {
        if (value) out[name] = *value;
    }
    void texts(const char* name, const std::vector<std::string>& values) {
        if (values.empty()) return;
        Json list = Json::array();
        for (const std::string& value : values) list.push_back(json_of(value));
        out[name] = std::move(list);
    }
    Json out = Json::object();
};

class Reader {
public:
    explicit Reader(const Json& in) : in_(in) {
        if (!in.is_object()) throw Corrupt("a message is no object");
    }
    std::optional<std::string> text(const char* name) const {
        const auto found = in_.find(name);
        if (found == in_.end()) return std::nullopt;
        return text_of_json(*found);
    }
    int64_t number(const char* name, int64_t usual) const { return number(name).value_or(usual); }
    std::optional<int64_t> number(const char* name) const {
        const auto found = in_.find(name);
        if (found == in_.end()) return std::nullopt;
        if (!found->is_number_integer()) throw Corrupt(fmt::format("{} is no number", name));
        return found->get<int64_t>();
    }
    std::vector<std::string> texts(const char* name) const {
        std::vector<std::string> values;
        for (const Json& value : list(name)) values.push_back(text_of_json(value));
        return values;
    }
    const Json& list(const char* name) const {
        static const Json none = Json::array();
        const auto found = in_.find(name);
        if (found == in_.end()) return none;
        if (!found->is_array()) throw Corrupt(fmt::format("{} is no list", name));
        return *found;
    }
    const Json& json() const { return in_; }

private:
    const Json& in_;
};

Json json_of(const Sms& sms) {
    Writer w;
    w.out["date"] = sms.date;
    w.number("date_sent", sms.date_sent, 0);
    w.out["box"] = sms.box;
    w.text("address", sms.address);
    w.text("body", sms.body);
    w.text("subject", sms.subject);
    w.text("service_center", sms.service_center);
    w.text("creator", sms.creator);
    w.number("protocol", sms.protocol);
    w.number("read", sms.read, 0);
    w.number("seen", sms.seen, 0);
    w.number("locked", sms.locked, 0);
    w.number("status", sms.status, -1);
    w.number("error_code", sms.error_code, 0);
    w.number("sub_id", sms.sub_id, -1);
    w.texts("recipients", sms.recipients);
    return std::move(w.out);
}

Sms sms_of(const Reader& r) {
    return {.date = r.number("date", 0),
            .date_sent = r.number("date_sent", 0),
            .box = r.number("box", message_box::received),
            .address = r.text("address"),
            .body = r.text("body"),
            .subject = r.text("subject"),
            .service_center = r.text("service_center"),
            .creator = r.text("creator"),
            .protocol = r.number("protocol"),
            .read = r.number("read", 0),
            .seen = r.number("seen", 0),
            .locked = r.number("locked", 0),
            .status = r.number("status", -1),
            .error_code = r.number("error_code", 0),
            .sub_id = r.number("sub_id", -1),
            .recipients = r.texts("recipients")};
}

Json json_of(const MmsPart& part) {
    Writer w;
    w.number("seq", part.seq, 0);
    w.text("type", part.content_type);
    w.text("name", part.name);
    w.text("disposition", part.disposition);
    w.text("file_name", part.file_name);
    w.text("content_id", part.content_id);
    w.text("location", part.location);
    w.number("charset", part.charset);
    w.text("text", part.text);
    if (part.data) {
        w.out["data"] = Json{
            {"file", part.data->file}, {"size", part.data->size}, {"sha256", part.data->sha256}};
    }
    if (!part.row.empty()) w.text("row", part.row);
    return std::move(w.out);
}

// The path leads to a file of the same snapshot and nowhere else.
Attachment attachment_of(const Json& in) {
    Attachment data{.file = in.at("file").get<std::string>(),
                    .size = in.at("size").get<uint64_t>(),
                    .sha256 = in.at("sha256").get<std::string>()};
    if (!ItemPath::parse(data.file) || data.file.empty())
        throw Corrupt("an attachment has no valid path");
    if (data.sha256.size() != 64 || !from_hex(data.sha256))
        throw Corrupt("an attachment has no valid SHA-256");
    return data;
}

MmsPart part_of(const Reader& r) {
    MmsPart part{.seq = r.number("seq", 0),
                 .content_type = r.text("type").value_or(""),
                 .name = r.text("name"),
                 .disposition = r.text("disposition"),
                 .file_name = r.text("file_name"),
                 .content_id = r.text("content_id"),
                 .location = r.text("location"),
                 .charset = r.number("charset"),
                 .text = r.text("text"),
                 .row = r.text("row").value_or("")};
    if (r.json().contains("data")) part.data = attachment_of(r.json().at("data"));
    return part;
}

Json json_of(const Mms& mms) {
    Writer w;
    w.out["date"] = mms.date;
    w.number("date_sent", mms.date_sent, 0);
    w.out["box"] = mms.box;
    w.text("subject", mms.subject);
    w.number("read", mms.read, 0);
    w.number("seen", mms.seen, 0);
    w.number("locked", mms.locked, 0);
    w.number("sub_id", mms.sub_id, -1);
    for (const auto& [name, value] : mms.other) w.out["other"][name] = json_of(value);
    w.texts("recipients", mms.recipients);
    for (const MmsAddress& one : mms.addresses) {
        w.out["addresses"].push_back(
            Json{{"type", one.type}, {"address", json_of(one.address)}, {"charset", one.charset}});
    }
    for (const MmsPart& part : mms.parts) w.out["parts"].push_back(json_of(part));
    if (!mms.row.empty()) w.text("row", mms.row);
    return std::move(w.out);
}

// The names are columns' names in a command for a phone: nothing else may be one.
bool is_column(std::string_view name) {
    return !name.empty() && name.size() <= max_column &&
           std::all_of(name.begin(), name.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
           });
}

std::map<std::string, std::string> columns_of(const Json& in) {
    std::map<std::string, std::string> columns;
    const auto other = in.find("other");
    if (other == in.end()) return columns;
    if (!other->is_object()) throw Corrupt("the other columns of a message are no object");
    for (const auto& [name, value] : other->items()) {
        if (!is_column(name)) throw Corrupt("a column of a message has no valid name");
        columns[name] = text_of_json(value);
    }
    return columns;
}

Mms mms_of(const Reader& r) {
    Mms mms{.date = r.number("date", 0),
            .date_sent = r.number("date_sent", 0),
            .box = r.number("box", message_box::received),
            .subject = r.text("subject"),
            .read = r.number("read", 0),
            .seen = r.number("seen", 0),
            .locked = r.number("locked", 0),
            .sub_id = r.number("sub_id", -1),
            .other = columns_of(r.json()),
            .recipients = r.texts("recipients"),
            .row = r.text("row").value_or("")};
    for (const Json& one : r.list("addresses")) {
        const Reader address(one);
        mms.addresses.push_back({.type = address.number("type", mms_address::to),
                                 .address = address.text("address").value_or(""),
                                 .charset = address.number("charset", 0)});
    }
    for (const Json& one : r.list("parts")) mms.parts.push_back(part_of(Reader(one)));
    return mms;
}

}  // namespace

std::string encode(const Message& message) {
    if (const Sms* sms = std::get_if<Sms>(&message)) return Json{{"sms", json_of(*sms)}}.dump();
    return Json{{"mms", json_of(std::get<Mms>(message))}}.dump();
}

Message decode_message(std::string_view line) {
    try {
        const Json json = Json::parse(line);
        if (!json.is_object() || json.size() != 1) throw Corrupt("the line is no message");
        if (json.contains("sms")) return sms_of(Reader(json.at("sms")));
        return mms_of(Reader(json.at("mms")));
    } catch (const nlohmann::json::exception& error) {
        throw Corrupt(fmt::format("the line is no message: {}", error.what()));
    }
}

std::string encode_messages(const std::vector<Message>& messages) {
    std::vector<std::string> lines;
    lines.reserve(messages.size());
    for (const Message& message : messages) lines.push_back(encode(message));
    return write_lines(kind, version, lines);
}

std::vector<Message> decode_messages(std::string_view text) {
    std::vector<Message> messages;
    size_t number = 1;
    for (const std::string_view line : read_lines(text, kind, version)) {
        ++number;
        messages.push_back(while_doing(fmt::format("line {} of the messages", number),
                                       [&] { return decode_message(line); }));
    }
    return messages;
}

}  // namespace lifeboat::personal
