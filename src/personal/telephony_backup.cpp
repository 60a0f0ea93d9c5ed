#include "personal/telephony_backup.h"

#include "ab/zlib_stream.h"
#include "base/error.h"
#include "base/text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace lifeboat::personal {

namespace {

using nlohmann::json;

constexpr size_t messages_per_file = 1000;
constexpr size_t max_file = size_t{256} << 20;
constexpr size_t digits = 6;
constexpr std::string_view sms_suffix = "_sms_backup";
constexpr std::string_view mms_suffix = "_mms_backup";

// The provider's columns of an MMS that the agent carries beside the fields of Mms.
constexpr std::array<const char*, 5> other_columns{"sub_cs", "m_type", "v", "ct_l", "tr_id"};

std::string as_string(int64_t number) {
    return fmt::format("{}", number);
}

void put(json& to, const char* name, const std::optional<std::string>& value) {
    if (value) to[name] = *value;
}

json sms_json(const Sms& sms) {
    json out{{"type", as_string(sms.box)},
             {"date", as_string(sms.date)},
             {"date_sent", as_string(sms.date_sent)},
             {"status", as_string(sms.status)},
             {"read", as_string(sms.read)}};
    put(out, "address", sms.address);
    put(out, "body", sms.body);
    put(out, "subject", sms.subject);
    if (!sms.recipients.empty())
        out["recipients"] = sms.recipients;
    else if (sms.address)
        out["recipients"] = {*sms.address};
    return out;
}

std::optional<int64_t> text_charset(const Mms& mms) {
    for (const MmsPart& part : mms.parts) {
        if (part.content_type == "text/plain" && part.text) return part.charset;
    }
    return std::nullopt;
}

json mms_json(const Mms& mms) {
    json out{{"date", as_string(mms.date)},   {"date_sent", as_string(mms.date_sent)},
             {"msg_box", as_string(mms.box)}, {"read", as_string(mms.read)},
             {"mms_body", text_of(mms)},      {"mms_charset", text_charset(mms).value_or(106)}};
    put(out, "sub", mms.subject);
    for (const char* column : other_columns) {
        if (const auto found = mms.other.find(column); found != mms.other.end())
            out[column] = found->second;
    }
    if (!mms.recipients.empty()) out["recipients"] = mms.recipients;
    for (const MmsAddress& one : mms.addresses) {
        json address{{"address", one.address}, {"type", one.type}};
        if (one.charset != 0) address["charset"] = one.charset;
        out["mms_addresses"].push_back(std::move(address));
    }
    return out;
}

// Two files are open at a time, one a kind; the counter is theirs together.
class Files {
public:
    void add(const Message& message) {
        const Sms* sms = std::get_if<Sms>(&message);
        json& open = sms != nullptr ? sms_ : mms_;
        open.push_back(sms != nullptr ? sms_json(*sms) : mms_json(std::get<Mms>(message)));
        if (open.size() == messages_per_file) close(open, sms != nullptr ? sms_suffix : mms_suffix);
    }
    std::vector<AgentFile> finish() {
        close(sms_, sms_suffix);
        close(mms_, mms_suffix);
        return std::move(done_);
    }

private:
    void close(json& open, std::string_view suffix) {
        if (open.empty()) return;
        const std::string text = open.dump(-1, ' ', false, json::error_handler_t::replace);
        done_.push_back({.name = fmt::format("{:06}{}", done_.size(), suffix),
                         .content = ab::deflate(as_bytes(text))});
        open = json::array();
    }

    json sms_ = json::array(), mms_ = json::array();
    std::vector<AgentFile> done_{};
};

// Every value is a string; a number is taken too, as later agents might write it.
std::optional<std::string> text(const json& in, const char* name) {
    const auto found = in.find(name);
    if (found == in.end() || found->is_null()) return std::nullopt;
    if (found->is_number_integer()) return as_string(found->get<int64_t>());
    return found->get<std::string>();
}

int64_t number(const json& in, const char* name, int64_t usual) {
    const auto value = text(in, name);
    if (!value) return usual;
    const auto found = parse_i64(*value);
    if (!found) throw Corrupt(fmt::format("{} of a message is no number", name));
    return *found;
}

std::vector<std::string> recipients(const json& in) {
    const auto found = in.find("recipients");
    if (found == in.end()) return {};
    return found->get<std::vector<std::string>>();
}

Sms sms_of(const json& in) {
    return {.date = number(in, "date", 0),
            .date_sent = number(in, "date_sent", 0),
            .box = number(in, "type", message_box::received),
            .address = text(in, "address"),
            .body = text(in, "body"),
            .subject = text(in, "subject"),
            .read = number(in, "read", 1),
            .seen = 1,
            .status = number(in, "status", -1),
            .recipients = recipients(in)};
}

Mms mms_of(const json& in) {
    Mms mms{.date = number(in, "date", 0),
            .date_sent = number(in, "date_sent", 0),
            .box = number(in, "msg_box", message_box::received),
            .subject = text(in, "sub"),
            .read = number(in, "read", 1),
            .seen = 1,
            .recipients = recipients(in)};
    for (const char* column : other_columns) {
        if (const auto value = text(in, column)) mms.other[column] = *value;
    }
    for (const json& one : in.value("mms_addresses", json::array())) {
        mms.addresses.push_back({.type = number(one, "type", 0),
                                 .address = text(one, "address").value_or(""),
                                 .charset = number(one, "charset", 0)});
    }
    if (const auto body = text(in, "mms_body")) {
        mms.parts.push_back({.content_type = "text/plain",
                             .charset = number(in, "mms_charset", 106),
                             .text = body});
    }
    return mms;
}

}  // namespace

// JSON carries UTF-8 only.
bool fits_telephony_backup(const Message& message) {
    if (const Sms* sms = std::get_if<Sms>(&message)) {
        return is_valid_utf8(sms->body.value_or("")) && is_valid_utf8(sms->address.value_or(""));
    }
    const std::string text = text_of(std::get<Mms>(message));
    return !text.empty() && is_valid_utf8(text);
}

std::vector<AgentFile> write_telephony_backup(const std::vector<Message>& messages) {
    std::vector<const Message*> sorted;
    for (const Message& message : messages) {
        if (fits_telephony_backup(message)) sorted.push_back(&message);
    }
    std::stable_sort(sorted.begin(), sorted.end(), [](const Message* left, const Message* right) {
        return date_of(*left) < date_of(*right);
    });
    Files files;
    for (const Message* message : sorted) files.add(*message);
    return files.finish();
}

bool is_telephony_backup_file(std::string_view name) {
    if (!name.ends_with(sms_suffix) && !name.ends_with(mms_suffix)) return false;
    name.remove_suffix(sms_suffix.size());
    return name.size() == digits && parse_u64(name);
}

std::vector<Message> read_telephony_backup(std::string_view name, ByteView content) {
    const Bytes expanded = ab::inflate(content, max_file);
    const bool is_sms = name.ends_with(sms_suffix);
    std::vector<Message> messages;
    try {
        const json all = json::parse(as_text(expanded));
        if (!all.is_array()) throw Corrupt("the file of messages is no list");
        for (const json& one : all) {
            if (!one.is_object()) throw Corrupt("a message is no object");
            if (is_sms)
                messages.emplace_back(sms_of(one));
            else
                messages.emplace_back(mms_of(one));
        }
    } catch (const json::exception& error) {
        throw Corrupt(fmt::format("the file of messages is none: {}", error.what()));
    }
    return messages;
}

}  // namespace lifeboat::personal
