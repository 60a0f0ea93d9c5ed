#include "base/error.h"
#include "base/text.h"
#include "crypto/base64.h"
#include "personal/lenient_xml.h"
#include "personal/sms_xml.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace lifeboat::personal {

namespace {

constexpr std::string_view none = "null";
constexpr int64_t milliseconds = 1000;
constexpr size_t max_column = 64;

// The attributes that are fields of Mms, or that the app made up: not the provider's other columns.
constexpr std::array<std::string_view, 12> own_attributes{
    "date", "date_sent", "msg_box", "address",       "sub",          "read",
    "seen", "locked",    "sub_id",  "readable_date", "contact_name", "_id"};

std::optional<std::string> text(const XmlTag& tag, std::string_view name) {
    const auto raw = tag.raw(name);
    if (!raw || *raw == none) return std::nullopt;
    return decode_xml(*raw);
}

std::optional<int64_t> number(const XmlTag& tag, std::string_view name) {
    const auto raw = tag.raw(name);
    if (!raw || *raw == none || raw->empty()) return std::nullopt;
    const auto value = parse_i64(*raw);
    if (!value) throw Corrupt(fmt::format("{} of a message is no number", name));
    return value;
}

Sms sms_of(const XmlTag& tag) {
    return {.date = number(tag, "date").value_or(0),
            .date_sent = number(tag, "date_sent").value_or(0),
            .box = number(tag, "type").value_or(message_box::received),
            .address = text(tag, "address"),
            .body = text(tag, "body"),
            .subject = text(tag, "subject"),
            .service_center = text(tag, "service_center"),
            .protocol = number(tag, "protocol"),
            .read = number(tag, "read").value_or(1),
            .seen = number(tag, "read").value_or(1),
            .locked = number(tag, "locked").value_or(0),
            .status = number(tag, "status").value_or(-1),
            .sub_id = number(tag, "sub_id").value_or(-1)};
}

bool is_column(std::string_view name) {
    return name.size() <= max_column && std::all_of(name.begin(), name.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
           });
}

std::vector<std::string> people_of(const XmlTag& tag) {
    std::vector<std::string> people;
    const std::string all = text(tag, "address").value_or("");
    for (const std::string_view one : split(all, '~')) {
        if (!one.empty()) people.emplace_back(one);
    }
    return people;
}

// The file has milliseconds where the phone has seconds.
Mms mms_of(const XmlTag& tag) {
    Mms mms{.date = number(tag, "date").value_or(0) / milliseconds,
            .date_sent = number(tag, "date_sent").value_or(0),
            .box = number(tag, "msg_box").value_or(message_box::received),
            .subject = text(tag, "sub"),
            .read = number(tag, "read").value_or(1),
            .seen = number(tag, "seen").value_or(1),
            .locked = number(tag, "locked").value_or(0),
            .sub_id = number(tag, "sub_id").value_or(-1),
            .recipients = people_of(tag)};
    for (const XmlAttribute& one : tag.attributes) {
        const bool is_own = std::find(own_attributes.begin(), own_attributes.end(), one.name) !=
                            own_attributes.end();
        if (is_own || one.raw == none || !is_column(one.name)) continue;
        mms.other[std::string(one.name)] = decode_xml(one.raw);
    }
    return mms;
}

MmsAddress address_of(const XmlTag& tag) {
    return {.type = number(tag, "type").value_or(mms_address::to),
            .address = text(tag, "address").value_or(""),
            .charset = number(tag, "charset").value_or(106)};
}

class Reader {
public:
    explicit Reader(const KeepAttachment& keep) : keep_(keep) {}

    void take(const XmlTag& tag) {
        if (tag.name == "smses") return take_root(tag);
        if (!inside_) throw Corrupt("this is no file of SMS Backup & Restore");
        if (tag.begins && tag.name == "sms") out_.messages.emplace_back(sms_of(tag));
        if (tag.name == "mms") return take_mms(tag);
        if (!current_ || !tag.begins) return;
        if (tag.name == "part") current_->parts.push_back(part_of(tag));
        if (tag.name == "addr") current_->addresses.push_back(address_of(tag));
    }
    SmsXml finish() {
        if (!inside_) throw Corrupt("this is no file of SMS Backup & Restore");
        return std::move(out_);
    }

private:
    void take_root(const XmlTag& tag) {
        if (tag.begins) {
            inside_ = true;
            if (const auto count = tag.raw("count")) out_.declared = parse_u64(*count);
        }
        if (tag.ends) out_.closed = true;
    }
    void take_mms(const XmlTag& tag) {
        if (tag.begins) current_ = mms_of(tag);
        if (!tag.ends || !current_) return;
        out_.messages.emplace_back(std::move(*current_));
        current_.reset();
    }
    MmsPart part_of(const XmlTag& tag) const {
        MmsPart part{.seq = number(tag, "seq").value_or(0),
                     .content_type = text(tag, "ct").value_or(""),
                     .name = text(tag, "name"),
                     .disposition = text(tag, "cd"),
                     .file_name = text(tag, "fn"),
                     .content_id = text(tag, "cid"),
                     .location = text(tag, "cl"),
                     .charset = number(tag, "chset"),
                     .text = text(tag, "text")};
        const auto data = tag.raw("data");
        if (!data || *data == none) return part;
        auto bytes = crypto::from_base64(unbroken(*data));
        if (!bytes) throw Corrupt("an attachment is no base64");
        part.data = keep_(std::move(*bytes), part.content_type);
        return part;
    }
    // Some versions break base64 into lines.
    static std::string unbroken(std::string_view base64) {
        std::string joined = decode_xml(base64);
        std::erase_if(joined, [](char c) { return c == '\n' || c == '\r' || c == ' '; });
        return joined;
    }

    const KeepAttachment& keep_;
    SmsXml out_{};
    std::optional<Mms> current_{};
    bool inside_ = false;
};

}  // namespace

SmsXml read_sms_xml(std::string_view text, const KeepAttachment& keep) {
    LenientXml xml(text);
    Reader reader(keep);
    while (const auto tag = xml.next()) reader.take(*tag);
    return reader.finish();
}

}  // namespace lifeboat::personal
