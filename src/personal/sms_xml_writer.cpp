#include "base/text.h"
#include "base/time.h"
#include "crypto/base64.h"
#include "personal/lenient_xml.h"
#include "personal/sms_xml.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace lifeboat::personal {

namespace {

constexpr uint64_t max_attachment = uint64_t{512} << 20;
constexpr std::string_view none = "null";

// The word "null" stands for what is not there, so the text "null" must look otherwise.
std::string attribute(const std::optional<std::string>& value) {
    if (!value) return std::string(none);
    return *value == none ? "&#110;ull" : encode_xml(*value);
}

class Tag {
public:
    explicit Tag(std::string_view name) : text_(fmt::format("<{}", name)) {}
    void text(std::string_view name, const std::optional<std::string>& value) {
        text_ += fmt::format(" {}=\"{}\"", name, attribute(value));
    }
    void number(std::string_view name, int64_t value) {
        text_ += fmt::format(" {}=\"{}\"", name, value);
    }
    void number(std::string_view name, const std::optional<int64_t>& value) {
        if (value) return number(name, *value);
        text(name, std::nullopt);
    }
    std::string empty() { return std::move(text_) + " />\n"; }
    std::string open() { return std::move(text_) + ">\n"; }

private:
    std::string text_;
};

std::string readable(const Message& message) {
    constexpr int64_t latest = int64_t{9'000'000'000} * 1000;
    const auto date = std::clamp<int64_t>(date_of(message), -latest, latest);
    return to_rfc3339(TimePoint(std::chrono::milliseconds(date)));
}

std::string element(const Sms& sms) {
    Tag tag("sms");
    tag.number("protocol", sms.protocol.value_or(0));
    tag.text("address", sms.address);
    tag.number("date", sms.date);
    tag.number("type", sms.box);
    tag.text("subject", sms.subject);
    tag.text("body", sms.body);
    tag.text("toa", std::nullopt);
    tag.text("sc_toa", std::nullopt);
    tag.text("service_center", sms.service_center);
    tag.number("read", sms.read);
    tag.number("status", sms.status);
    tag.number("locked", sms.locked);
    tag.number("date_sent", sms.date_sent);
    tag.number("sub_id", sms.sub_id);
    tag.text("readable_date", readable(sms));
    tag.text("contact_name", "(Unknown)");
    return "  " + tag.empty();
}

std::string addresses_of(const Mms& mms) {
    std::string text = "    <addrs>\n";
    for (const MmsAddress& one : mms.addresses) {
        Tag tag("addr");
        tag.text("address", one.address);
        tag.number("type", one.type);
        tag.number("charset", one.charset);
        text += "      " + tag.empty();
    }
    return text + "    </addrs>\n";
}

// The others of the conversation, in one attribute. As a reader takes it apart again: an address
// without letters is nobody, and one that holds the sign between two is two.
std::string people_of(const Mms& mms) {
    std::vector<std::string_view> people;
    const auto add = [&](std::string_view address) {
        for (const std::string_view one : split(address, '~')) {
            if (!one.empty()) people.push_back(one);
        }
    };
    for (const std::string& one : mms.recipients) add(one);
    for (const MmsAddress& one : mms.addresses) {
        if (mms.recipients.empty() && one.address != mms_address::own) add(one.address);
    }
    return fmt::format("{}", fmt::join(people, "~"));
}

}  // namespace

SmsXmlSource::SmsXmlSource(const std::vector<Message>& messages, OpenAttachment open)
    : messages_(messages), open_(std::move(open)) {}

size_t SmsXmlSource::read(MutableByteView out) {
    while (given_ == piece_.size()) {
        if (next_ > messages_.size() + 1) return 0;
        piece_ = next_piece();
        given_ = 0;
    }
    const size_t count = std::min(out.size(), piece_.size() - given_);
    std::memcpy(out.data(), piece_.data() + given_, count);
    given_ += count;
    return count;
}

std::string SmsXmlSource::next_piece() {
    const size_t number = next_++;
    if (number == 0) {
        return fmt::format(
            "<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>\n"
            "<smses count=\"{}\">\n",
            messages_.size());
    }
    if (number > messages_.size()) return "</smses>\n";
    const Message& message = messages_[number - 1];
    if (const Sms* sms = std::get_if<Sms>(&message)) return personal::element(*sms);
    return element(std::get<Mms>(message));
}

std::string SmsXmlSource::data_of(const Attachment& attachment) const {
    const auto source = open_ ? open_(attachment) : nullptr;
    return source ? crypto::to_base64(lifeboat::read_all(*source, max_attachment)) : std::string();
}

std::string SmsXmlSource::element(const Mms& mms) const {
    Tag tag("mms");
    tag.number("date", date_of(Message(mms)));
    tag.number("date_sent", mms.date_sent);
    tag.number("msg_box", mms.box);
    tag.text("address", people_of(mms));
    tag.text("sub", mms.subject);
    tag.number("read", mms.read);
    tag.number("seen", mms.seen);
    tag.number("locked", mms.locked);
    tag.number("sub_id", mms.sub_id);
    for (const auto& [name, value] : mms.other) tag.text(name, value);
    tag.text("readable_date", readable(mms));
    tag.text("contact_name", "(Unknown)");
    std::string text = "  " + tag.open() + "    <parts>\n";
    for (const MmsPart& part : mms.parts) {
        Tag one("part");
        one.number("seq", part.seq);
        one.text("ct", part.content_type);
        one.text("name", part.name);
        one.number("chset", part.charset);
        one.text("cd", part.disposition);
        one.text("fn", part.file_name);
        one.text("cid", part.content_id);
        one.text("cl", part.location);
        one.text("text", part.text);
        if (part.data) one.text("data", data_of(*part.data));
        text += "      " + one.empty();
    }
    return text + "    </parts>\n" + addresses_of(mms) + "  </mms>\n";
}

}  // namespace lifeboat::personal
