#include "personal/message.h"

#include "base/hex.h"
#include "base/text.h"
#include "base/time.h"
#include "crypto/sha256.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>

namespace lifeboat::personal {

namespace {

constexpr int64_t milliseconds = 1000;
constexpr size_t label_text = 60;

// Fields with their lengths in front, so that no two lists of fields give the same bytes.
class Digest {
public:
    void add(std::string_view field) {
        sum_.update(as_bytes(fmt::format("{}:", field.size())));
        sum_.update(as_bytes(field));
    }
    void add_number(int64_t number) { add(fmt::format("{}", number)); }
    void add_optional(const std::optional<std::string>& field) {
        if (!field) return sum_.update(as_bytes("-"));
        add(*field);
    }
    std::string hex() { return to_hex(sum_.finish()); }

private:
    crypto::Sha256 sum_{};
};

// Numbers are the same when their last digits are: the phone keeps a thread's number as it saw it
// first, with or without the country.
std::string compared(const std::string& address) {
    constexpr size_t digits_compared = 7;
    std::string digits;
    for (const char c : address) {
        if (c >= '0' && c <= '9') digits += c;
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '@') return address;
    }
    if (digits.size() < digits_compared) return address;
    return digits.substr(digits.size() - digits_compared);
}

void add_group(Digest& digest, const std::vector<std::string>& recipients) {
    std::vector<std::string> group;
    for (const std::string& one : recipients) group.push_back(compared(one));
    std::sort(group.begin(), group.end());
    digest.add_number(static_cast<int64_t>(group.size()));
    for (const std::string& one : group) digest.add(one);
}

std::string_view direction(int64_t box) {
    return box == message_box::received ? "in" : "out";
}

// A draft that was sent in between is the same message in another box.
std::string identity_of(std::string_view kind, int64_t box, int64_t date, std::string_view who) {
    return fmt::format("{}/{}/{}/{}", kind, direction(box), date, printable(who));
}

std::string one_line(std::string_view text) {
    std::string line;
    for (const char c : text) line += c == '\n' || c == '\r' || c == '\t' ? ' ' : c;
    if (line.size() > label_text) {
        size_t end = label_text;
        while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xc0) == 0x80) --end;
        line.resize(end);
        line += "...";
    }
    return printable(line);
}

// "2026-11-20 14:03", in UTC. What the phone says may be no date at all.
std::string when(int64_t date) {
    constexpr int64_t latest = std::numeric_limits<int64_t>::max() / 1'000'000;
    const auto time =
        TimePoint(std::chrono::milliseconds(std::clamp<int64_t>(date, -latest, latest)));
    std::string text = to_rfc3339(time).substr(0, 16);
    if (text.size() > 10) text[10] = ' ';
    return text;
}

std::string label_of(std::string_view who, int64_t date, std::string_view text) {
    const std::string name = who.empty() ? "nobody" : printable(who);
    return fmt::format("{}, {}: {}", name, when(date), one_line(text));
}

Record record_of_sms(const Sms& sms) {
    Digest digest;
    digest.add("sms");
    digest.add_optional(sms.address);
    digest.add_optional(sms.body);
    digest.add_optional(sms.subject);
    digest.add_number(sms.date);
    digest.add_number(sms.date_sent);
    digest.add_number(sms.box);
    digest.add_number(sms.locked);
    if (sms.recipients.size() > 1) add_group(digest, sms.recipients);
    const std::string who = sms.address.value_or("");
    return {identity_of("sms", sms.box, sms.date, who), digest.hex(),
            label_of(who, sms.date, sms.body.value_or(""))};
}

// The other side of a message: who sent it, or whom it went to.
std::string others(const Mms& mms) {
    std::vector<std::string> names;
    for (const MmsAddress& one : mms.addresses) {
        const bool is_sender = one.type == mms_address::from;
        if (is_sender != (mms.box == message_box::received)) continue;
        if (one.address != mms_address::own) names.push_back(one.address);
    }
    std::sort(names.begin(), names.end());
    return fmt::format("{}", fmt::join(names, "~"));
}

std::string digest_of(const MmsPart& part) {
    Digest digest;
    digest.add_number(part.seq);
    digest.add(part.content_type);
    for (const auto* text : {&part.name, &part.file_name, &part.content_id, &part.location})
        digest.add_optional(*text);
    digest.add_optional(part.text);
    // An empty file and none are the same to who looks at the message.
    const bool has_bytes = part.data && part.data->size > 0;
    digest.add(has_bytes ? std::string_view(part.data->sha256) : std::string_view());
    return digest.hex();
}

Record record_of_mms(const Mms& mms) {
    Digest digest;
    digest.add("mms");
    digest.add_optional(mms.subject);
    digest.add_number(mms.date);
    digest.add_number(mms.date_sent);
    digest.add_number(mms.box);
    digest.add_number(mms.locked);
    std::vector<MmsAddress> addresses = mms.addresses;
    std::sort(addresses.begin(), addresses.end());
    for (const MmsAddress& one : addresses) {
        digest.add_number(one.type);
        digest.add(one.address);
    }
    std::vector<std::string> parts;
    for (const MmsPart& part : mms.parts) parts.push_back(digest_of(part));
    std::sort(parts.begin(), parts.end());
    for (const std::string& part : parts) digest.add(part);
    std::string text = text_of(mms);
    if (text.empty()) text = "(picture message)";
    const std::string who = others(mms);
    return {identity_of("mms", mms.box, mms.date, who), digest.hex(),
            label_of(who, date_of(Message(mms)), text)};
}

}  // namespace

int64_t date_of(const Message& message) {
    if (const Sms* sms = std::get_if<Sms>(&message)) return sms->date;
    constexpr int64_t latest = std::numeric_limits<int64_t>::max() / milliseconds;
    return std::clamp(std::get<Mms>(message).date, -latest, latest) * milliseconds;
}

int64_t box_of(const Message& message) {
    return std::visit([](const auto& one) { return one.box; }, message);
}

Record record_of(const Message& message) {
    if (const Sms* sms = std::get_if<Sms>(&message)) return record_of_sms(*sms);
    return record_of_mms(std::get<Mms>(message));
}

std::string text_of(const Mms& message) {
    std::string text;
    for (const MmsPart& part : message.parts) {
        if (part.content_type != "text/plain" || !part.text) continue;
        if (!text.empty()) text += '\n';
        text += *part.text;
    }
    return text;
}

}  // namespace lifeboat::personal
