#include "phone/android/mdns/dns_message.h"

#include "base/error.h"
#include "base/text.h"

#include <algorithm>
#include <optional>

namespace lifeboat::phone::android {
namespace {

constexpr uint16_t answer_flag = 0x8000;
constexpr uint16_t authoritative_flag = 0x0400;
constexpr uint16_t internet = 1;
constexpr uint16_t replaces_flag = 0x8000;  // of a record's class (RFC 6762, section 10.2)
constexpr size_t longest_name = 255;
constexpr size_t longest_label = 63;
constexpr size_t longest_word = 255;
constexpr uint8_t pointer_bits = 0xc0;

class Reader {
public:
    explicit Reader(ByteView all) : all_(all) {}

    size_t at() const { return at_; }
    uint8_t u8() {
        const uint8_t value = byte(at_);
        ++at_;
        return value;
    }
    uint16_t u16() {
        const auto high = static_cast<uint16_t>(u8() << 8);
        return static_cast<uint16_t>(high | u8());
    }
    uint32_t u32() {
        const uint32_t high = uint32_t{u16()} << 16;
        return high | u16();
    }
    std::string text(size_t size) {
        if (size > all_.size() - at_) throw Corrupt("a DNS message ends too soon");
        std::string out(as_text(all_.subspan(at_, size)));
        at_ += size;
        return out;
    }
    void skip_to(size_t end) {
        if (end > all_.size()) throw Corrupt("a DNS message ends too soon");
        at_ = end;
    }
    // Each pointer leads to before the part it stands in: so it ends.
    DnsName name() {
        DnsName out;
        size_t size = 1;
        size_t part = at_;
        std::optional<size_t> behind;
        while (true) {
            const uint8_t length = u8();
            if (length == 0) break;
            if ((length & pointer_bits) == pointer_bits) {
                const size_t target = size_t{length & 0x3fU} << 8 | u8();
                if (!behind) behind = at_;
                if (target >= part) throw Corrupt("a name in a DNS message leads in a circle");
                at_ = part = target;
                continue;
            }
            size += size_t{length} + 1;
            if (length > longest_label || size > longest_name) {
                throw Corrupt("a name in a DNS message is too long");
            }
            out.push_back(text(length));
        }
        if (behind) at_ = *behind;
        return out;
    }

private:
    uint8_t byte(size_t at) const {
        if (at >= all_.size()) throw Corrupt("a DNS message ends too soon");
        return std::to_integer<uint8_t>(all_[at]);
    }

    ByteView all_;
    size_t at_ = 0;
};

DnsService read_service(Reader& reader) {
    reader.u32();  // priority and weight: with one host each, there is nothing to choose
    const uint16_t port = reader.u16();
    return {.host = reader.name(), .port = port};
}

DnsText read_words(Reader& reader, size_t end) {
    DnsText out;
    while (reader.at() < end) {
        // One without bytes stands for no word at all (RFC 6763, section 6.1).
        if (const size_t size = reader.u8(); size != 0) out.words.push_back(reader.text(size));
    }
    return out;
}

// Nothing for a kind or a class that leads to no service.
std::optional<DnsRecord> read_record(Reader& reader) {
    DnsRecord record{.name = reader.name()};
    const auto type = static_cast<DnsType>(reader.u16());
    const uint16_t kind = reader.u16();
    record.replaces = (kind & replaces_flag) != 0;
    record.seconds = reader.u32();
    const size_t size = reader.u16();
    const size_t end = reader.at() + size;
    bool known = (kind & ~replaces_flag) == internet;
    if (type == DnsType::address) {
        record.data = DnsAddress{reader.u32()};
    } else if (type == DnsType::pointer) {
        record.data = DnsPointer{reader.name()};
    } else if (type == DnsType::service) {
        record.data = read_service(reader);
    } else if (type == DnsType::text) {
        record.data = read_words(reader, end);
    } else {
        known = false;
        reader.skip_to(end);
    }
    if (reader.at() != end) throw Corrupt("a record in a DNS message has the wrong length");
    if (!known) return std::nullopt;
    return record;
}

class Writer {
public:
    void u8(size_t value) { out_.push_back(static_cast<std::byte>(value)); }
    void u16(size_t value) {
        u8(value >> 8);
        u8(value & 0xff);
    }
    void u32(size_t value) {
        u16(value >> 16);
        u16(value & 0xffff);
    }
    void word(std::string_view text, size_t longest) {
        if (text.size() > longest) throw Misuse("this is too long for a DNS message");
        u8(text.size());
        append(out_, as_bytes(text));
    }
    void name(const DnsName& name) {
        size_t size = 1;
        for (const std::string& label : name) {
            if (label.empty()) throw Misuse("a DNS name has no empty part");
            word(label, longest_label);
            size += label.size() + 1;
        }
        if (size > longest_name) throw Misuse("this is too long for a DNS name");
        u8(0);
    }
    void record(const DnsRecord& record);
    Bytes take() { return std::move(out_); }

private:
    DnsType data(const DnsAddress& address) {
        u32(address.ipv4);
        return DnsType::address;
    }
    DnsType data(const DnsPointer& pointer) {
        name(pointer.to);
        return DnsType::pointer;
    }
    DnsType data(const DnsService& service) {
        u32(0);
        u16(service.port);
        name(service.host);
        return DnsType::service;
    }
    DnsType data(const DnsText& text) {
        for (const std::string& one : text.words) word(one, longest_word);
        if (text.words.empty()) u8(0);  // RFC 6763, section 6.1: never nothing at all
        return DnsType::text;
    }

    Bytes out_{};
};

void Writer::record(const DnsRecord& record) {
    name(record.name);
    Writer inner;
    const DnsType type =
        std::visit([&](const auto& data) { return inner.data(data); }, record.data);
    const Bytes body = inner.take();
    if (body.size() > longest_dns_message) throw Misuse("this is too long for a DNS message");
    u16(static_cast<size_t>(type));
    u16(record.replaces ? internet | replaces_flag : internet);
    u32(record.seconds);
    u16(body.size());
    append(out_, body);
}

}  // namespace

DnsName dns_name(std::string_view dotted) {
    DnsName out;
    for (const std::string_view label : split(dotted, '.')) out.emplace_back(label);
    return out;
}

DnsName folded(DnsName name) {
    for (std::string& label : name) {
        for (char& c : label) {
            if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        }
    }
    return name;
}

DnsMessage parse_dns(ByteView bytes) {
    if (bytes.size() > longest_dns_message) throw Corrupt("a DNS message is too long");
    Reader reader(bytes);
    DnsMessage out{.id = reader.u16()};
    out.is_answer = (reader.u16() & answer_flag) != 0;
    const size_t questions = reader.u16();
    size_t records = 0;
    for (int section = 0; section < 3; ++section) records += reader.u16();
    // The counts promise nothing: what is behind the last byte ends it.
    for (size_t i = 0; i < questions; ++i) {
        DnsQuestion question{.name = reader.name()};
        question.type = static_cast<DnsType>(reader.u16());
        reader.u16();  // the class, and whether an answer to us alone would do
        out.questions.push_back(std::move(question));
    }
    for (size_t i = 0; i < records; ++i) {
        if (auto record = read_record(reader)) out.records.push_back(std::move(*record));
    }
    return out;
}

Bytes encode_dns(const DnsMessage& message) {
    Writer writer;
    writer.u16(message.id);
    writer.u16(message.is_answer ? answer_flag | authoritative_flag : 0);
    writer.u16(message.questions.size());
    writer.u16(message.records.size());
    writer.u32(0);
    for (const DnsQuestion& question : message.questions) {
        writer.name(question.name);
        writer.u16(static_cast<size_t>(question.type));
        writer.u16(internet);
    }
    for (const DnsRecord& record : message.records) writer.record(record);
    return writer.take();
}

}  // namespace lifeboat::phone::android
