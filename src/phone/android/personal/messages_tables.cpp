#include "phone/android/personal/messages_tables.h"

#include "base/hex.h"
#include "base/text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace lifeboat::phone::android {
namespace {

using personal::Mms;
using personal::MmsAddress;
using personal::MmsPart;
using personal::Sms;

// "Row: 3 _id=17, address=+49170...": the provider gives these two columns whatever is asked for,
// so that they cannot be asked for as hexadecimal. An address of a thread is one line.
void read_address_line(std::string_view line, std::map<int64_t, std::string>& addresses) {
    const size_t id_at = line.find(" _id=");
    const size_t comma = line.find(", address=");
    if (!line.starts_with("Row: ") || id_at == std::string_view::npos ||
        comma == std::string_view::npos || comma < id_at)
        return;
    const auto id = parse_i64(line.substr(id_at + 5, comma - id_at - 5));
    if (id) addresses.try_emplace(*id, line.substr(comma + 10));
}

std::map<int64_t, std::string> read_addresses(ContentCommands& content,
                                              const std::stop_token& stop) {
    const auto answer = content.ask({.uri = "content://mms-sms/canonical-addresses",
                                     .projection = {"_id", "address"},
                                     .sort = "_id ASC"},
                                    stop);
    if (answer.error) throw ContentRefused(*answer.error);
    std::map<int64_t, std::string> addresses;
    for (const std::string_view line : lines(answer.text)) read_address_line(line, addresses);
    return addresses;
}

const std::vector<std::string>* recipients_of(const Threads& threads, const Number& thread) {
    const auto found = threads.recipients.find(thread.value_or(0));
    return found == threads.recipients.end() ? nullptr : &found->second;
}

ContentQuery sms_query(const std::string& where) {
    return {.uri = "content://sms",
            .numbers = {"date", "thread_id", "type", "date_sent", "read", "seen", "locked",
                        "status", "error_code", "sub_id", "protocol"},
            .texts = {"address", "body", "subject", "service_center", "creator"},
            .where = where,
            .functions = true,
            .optional = {"date_sent", "seen", "locked", "status", "error_code", "sub_id",
                         "protocol", "subject", "service_center", "creator"}};
}

Sms sms_of(const ContentRow& row, const Threads& threads) {
    const auto number = [&](size_t i, int64_t usual) { return row.numbers[i].value_or(usual); };
    Sms sms{.date = number(0, 0),
            .date_sent = number(3, 0),
            .box = number(2, personal::message_box::received),
            .address = row.texts[0],
            .body = row.texts[1],
            .subject = row.texts[2],
            .service_center = row.texts[3],
            .creator = row.texts[4],
            .protocol = row.numbers[10],
            .read = number(4, 0),
            .seen = number(5, 0),
            .locked = number(6, 0),
            .status = number(7, -1),
            .error_code = number(8, 0),
            .sub_id = number(9, -1)};
    if (const auto* recipients = recipients_of(threads, row.numbers[1]))
        sms.recipients = *recipients;
    return sms;
}

const std::vector<std::string>& other_columns() {
    static const std::vector<std::string> columns{
        "m_id",        "tr_id",   "m_type",   "sub_cs",  "ct_t",     "ct_l",
        "exp",         "m_cls",   "v",        "m_size",  "pri",      "rr",
        "rpt_a",       "resp_st", "st",       "retr_st", "retr_txt", "retr_txt_cs",
        "read_status", "ct_cls",  "resp_txt", "d_tm",    "d_rpt",    "text_only"};
    return columns;
}

ContentQuery mms_query(const std::string& where) {
    ContentQuery query{.uri = "content://mms",
                       .numbers = {"date", "thread_id", "msg_box", "date_sent", "read", "seen",
                                   "locked", "sub_id"},
                       .texts = {"sub"},
                       .where = where,
                       .functions = true,
                       .optional = {"date_sent", "seen", "locked", "sub_id"}};
    for (const std::string& column : other_columns()) {
        query.texts.push_back(column);
        query.optional.insert(column);
    }
    return query;
}

Mms mms_of(const ContentRow& row, const Threads& threads) {
    const auto number = [&](size_t i, int64_t usual) { return row.numbers[i].value_or(usual); };
    Mms mms{.date = number(0, 0),
            .date_sent = number(3, 0),
            .box = number(2, personal::message_box::received),
            .subject = row.texts[0],
            .read = number(4, 0),
            .seen = number(5, 0),
            .locked = number(6, 0),
            .sub_id = number(7, -1),
            .row = std::to_string(row.id)};
    for (size_t i = 0; i < other_columns().size(); ++i) {
        if (const Text& value = row.texts[i + 1]) mms.other[other_columns()[i]] = *value;
    }
    if (const auto* recipients = recipients_of(threads, row.numbers[1]))
        mms.recipients = *recipients;
    return mms;
}

// Parts of a few messages by their numbers, of all with one question.
std::string parts_condition(const MmsTable& table) {
    constexpr size_t most_named = 200;
    if (table.all.size() > most_named) return {};
    std::vector<int64_t> ids;
    for (const FoundMms& one : table.all) ids.push_back(one.id);
    return fmt::format("mid IN ({})", fmt::join(ids, ","));
}

MmsPart part_of(const ContentRow& row) {
    MmsPart part{.seq = row.numbers[1].value_or(0),
                 .content_type = row.texts[0].value_or(""),
                 .name = row.texts[1],
                 .disposition = row.texts[2],
                 .file_name = row.texts[3],
                 .content_id = row.texts[4],
                 .location = row.texts[5],
                 .charset = row.numbers[2],
                 .text = row.texts[6],
                 .row = std::to_string(row.id)};
    if (const Text& file = row.texts[7]; file && !file->empty()) part.row += ":" + *file;
    return part;
}

void add_parts(ContentCommands& content, MmsTable& table, const std::stop_token& stop) {
    if (table.all.empty()) return;
    auto parts = read_table(content,
                            {.uri = "content://mms/part",
                             .numbers = {"mid", "seq", "chset"},
                             .texts = {"ct", "name", "cd", "fn", "cid", "cl", "text", "_data"},
                             .where = parts_condition(table),
                             .functions = true,
                             .optional = {"cd", "fn"}},
                            stop);
    std::map<int64_t, Mms*> by_id;
    for (FoundMms& one : table.all) by_id[one.id] = &one.mms;
    for (const ContentRow& row : parts.rows) {
        const auto found = by_id.find(row.numbers[0].value_or(0));
        if (found != by_id.end()) found->second->parts.push_back(part_of(row));
    }
    std::move(parts.unread.begin(), parts.unread.end(), std::back_inserter(table.unread));
}

std::vector<MmsAddress> read_addresses_as_texts(ContentCommands& content, const std::string& uri,
                                                const std::stop_token& stop) {
    const auto rows = read_table(
        content, {.uri = uri, .numbers = {"type", "charset"}, .texts = {"address"}}, stop);
    std::vector<MmsAddress> addresses;
    for (const ContentRow& row : rows.rows) {
        addresses.push_back({.type = row.numbers[0].value_or(0),
                             .address = row.texts[0].value_or(""),
                             .charset = row.numbers[1].value_or(0)});
    }
    return addresses;
}

// One question where the phone takes functions: there is one of these for each picture message, and
// each starts a virtual machine on the phone.
std::vector<MmsAddress> read_mms_addresses(ContentCommands& content, int64_t id,
                                           const std::stop_token& stop) {
    static const std::vector<std::string> columns{"_id", "type", "charset", "hex(address)"};
    const std::string uri = fmt::format("content://mms/{}/addr", id);
    const auto answer = content.ask({.uri = uri, .projection = columns, .sort = "_id ASC"}, stop);
    if (answer.error) return read_addresses_as_texts(content, uri, stop);
    const std::string text = has_returns(answer.text) ? without_returns(answer.text) : answer.text;
    std::vector<MmsAddress> addresses;
    for (const auto& words : parse_word_rows(text, columns)) {
        const auto address = from_hex(words[3]);
        if (!address) throw Garbled("an address of a picture message is no hexadecimal number");
        addresses.push_back({.type = parse_i64(words[1]).value_or(0),
                             .address = to_text(*address),
                             .charset = parse_i64(words[2]).value_or(0)});
    }
    return addresses;
}

// The same row of the same phone: what is fixed when a message arrives is as it was.
bool same_row(const Mms& left, const Mms& right) {
    const auto column = [](const Mms& mms, const char* name) {
        const auto found = mms.other.find(name);
        return found == mms.other.end() ? std::string() : found->second;
    };
    return left.row == right.row && left.date == right.date && left.box == right.box &&
           column(left, "m_id") == column(right, "m_id") &&
           column(left, "tr_id") == column(right, "tr_id");
}

void add_addresses(ContentCommands& content, MmsTable& table, std::span<const Mms> known,
                   const std::stop_token& stop) {
    std::map<std::string, const Mms*> by_row;
    for (const Mms& one : known) by_row[one.row] = &one;
    for (FoundMms& one : table.all) {
        const auto before = by_row.find(one.mms.row);
        const bool is_known = before != by_row.end() && same_row(*before->second, one.mms) &&
                              !before->second->addresses.empty();
        one.mms.addresses =
            is_known ? before->second->addresses : read_mms_addresses(content, one.id, stop);
    }
}

}  // namespace

Threads read_threads(ContentCommands& content, const std::stop_token& stop) {
    const auto addresses = read_addresses(content, stop);
    const auto table = read_table(content,
                                  {.uri = "content://mms-sms/conversations?simple=true",
                                   .numbers = {"date", "message_count"},
                                   .texts = {"recipient_ids"},
                                   .functions = true},
                                  stop);
    Threads threads;
    for (const ContentRow& row : table.rows) {
        threads.messages += row.numbers[1].value_or(0);
        auto& recipients = threads.recipients[row.id];
        const std::string ids = row.texts[0].value_or("");
        for (const std::string_view word : split(ids, ' ')) {
            const auto found = addresses.find(parse_i64(word).value_or(0));
            if (found != addresses.end()) recipients.push_back(found->second);
        }
    }
    return threads;
}

SmsTable read_sms(ContentCommands& content, const Threads& threads, const std::string& where,
                  const std::stop_token& stop) {
    auto table = read_table(content, sms_query(where), stop);
    SmsTable found{.unread = std::move(table.unread)};
    found.all.reserve(table.rows.size());
    for (const ContentRow& row : table.rows)
        found.all.push_back({.id = row.id, .sms = sms_of(row, threads)});
    return found;
}

MmsTable read_mms(ContentCommands& content, const Threads& threads, const std::string& where,
                  std::span<const Mms> known, const std::stop_token& stop) {
    auto table = read_table(content, mms_query(where), stop);
    MmsTable found{.unread = std::move(table.unread)};
    for (const ContentRow& row : table.rows)
        found.all.push_back(
            {.id = row.id, .mms = mms_of(row, threads), .thread = row.numbers[1].value_or(0)});
    add_parts(content, found, stop);
    add_addresses(content, found, known, stop);
    return found;
}

MmsTable read_mms_parts(ContentCommands& content, std::span<const int64_t> ids,
                        const std::stop_token& stop) {
    MmsTable found;
    for (const int64_t id : ids) found.all.push_back({.id = id});
    add_parts(content, found, stop);
    return found;
}

int64_t id_in_row(const std::string& row) {
    return parse_i64(std::string_view(row).substr(0, row.find(':'))).value_or(0);
}

bool has_file(const MmsPart& part) {
    return part.row.find(':') != std::string::npos;
}

std::string file_of(const MmsPart& part) {
    return has_file(part) ? part.row.substr(part.row.find(':') + 1) : std::string();
}

std::span<const std::string> other_mms_columns() {
    return other_columns();
}

}  // namespace lifeboat::phone::android
