// Text and picture messages (SMS, MMS) as a phone keeps them, without anything that is another on
// the next phone: no numbers of rows, no threads but who is in them.
//
// The fields are those of Android's telephony provider (android.provider.Telephony), under its
// names where a name is not plain. Texts are the provider's bytes: UTF-8 but for what was broken
// before it got there.
#pragma once

#include "personal/collection.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace lifeboat::personal {

// The provider's numbers; MMS knows the first four only.
namespace message_box {
inline constexpr int64_t received = 1, sent = 2, draft = 3, outbox = 4, failed = 5, queued = 6;
}

struct Sms {
    int64_t date = 0;       // milliseconds since 1970, UTC: when this phone got or sent it
    int64_t date_sent = 0;  // the same, as its sender's side says; 0: unknown
    int64_t box = message_box::received;
    std::optional<std::string> address{};  // a number as it was dialled, or a sender's name
    std::optional<std::string> body{};
    std::optional<std::string> subject{};
    std::optional<std::string> service_center{};
    std::optional<std::string> creator{};  // the app that wrote it
    std::optional<int64_t> protocol{};
    int64_t read = 0;
    int64_t seen = 0;
    int64_t locked = 0;  // kept from being deleted
    int64_t status = -1;
    int64_t error_code = 0;
    int64_t sub_id = -1;                    // which SIM, as this phone counts them
    std::vector<std::string> recipients{};  // of its thread; several: one text to a group
    bool operator==(const Sms&) const = default;
};

// A file beside the messages.
struct Attachment {
    std::string file{};  // below the folder of the messages: "attachments/0f3a….jpg"
    uint64_t size = 0;
    std::string sha256{};  // hex
    bool operator==(const Attachment&) const = default;
};

struct MmsPart {
    int64_t seq = 0;             // -1: the layout of the others (SMIL)
    std::string content_type{};  // "image/jpeg"
    std::optional<std::string> name{}, disposition{}, file_name{}, content_id{}, location{};
    std::optional<int64_t> charset{};  // MIBenum: 106 is UTF-8
    std::optional<std::string> text{};
    std::optional<Attachment> data{};
    // Where the phone it was read from keeps it. Never part of what is compared: tells the next
    // backup of the same phone that it need not read the bytes again.
    std::string row{};
    bool operator==(const MmsPart&) const = default;
};

// The numbers of the header fields in a message (WAP-209).
namespace mms_address {
inline constexpr int64_t bcc = 129, cc = 130, from = 137, to = 151;
// What stands for the own number where it is not known.
inline constexpr std::string_view own = "insert-address-token";
}  // namespace mms_address

struct MmsAddress {
    int64_t type = mms_address::to;
    std::string address{};
    int64_t charset = 106;
    bool operator==(const MmsAddress&) const = default;
    auto operator<=>(const MmsAddress&) const = default;
};

struct Mms {
    int64_t date = 0;  // seconds since 1970, UTC
    int64_t date_sent = 0;
    int64_t box = message_box::received;
    std::optional<std::string> subject{};
    int64_t read = 0;
    int64_t seen = 0;
    int64_t locked = 0;
    int64_t sub_id = -1;
    // The provider's other columns that are not NULL, by its names: "m_id", "tr_id", "m_type" ...
    std::map<std::string, std::string> other{};
    std::vector<std::string> recipients{};  // of its thread
    std::vector<MmsAddress> addresses{};
    std::vector<MmsPart> parts{};
    std::string row{};  // as MmsPart::row
    bool operator==(const Mms&) const = default;
};

using Message = std::variant<Sms, Mms>;

// Milliseconds for both kinds.
int64_t date_of(const Message& message);
int64_t box_of(const Message& message);

// The identity is date, direction and who; the digest holds text, subject, box, attachments and
// the lock. Whether it was read, delivery reports and the SIM's number are in neither: they change
// by themselves.
Record record_of(const Message& message);

// All texts of a message's parts in their order, joined by line feeds.
std::string text_of(const Mms& message);

// One JSON object without a line feed. `decode_message` throws Corrupt.
std::string encode(const Message& message);
Message decode_message(std::string_view line);

// The file of all messages: records' lines as record_lines.h has them.
std::string encode_messages(const std::vector<Message>& messages);
// Throws Corrupt naming the line, Unsupported for another version.
std::vector<Message> decode_messages(std::string_view text);

}  // namespace lifeboat::personal
