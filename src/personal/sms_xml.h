// The file of "SMS Backup & Restore" (SyncTech), which many programs for messages read and write:
//   <smses count="2"> <sms .../> <mms ...><parts><part .../></parts><addrs><addr
//   .../></addrs></mms>
// Attributes without a value hold the word null. Attachments are base64 in the attribute `data`.
//
// Read from the app's own files and from reports; there is no specification. What it does not
// carry: whom a text to a group went to beside its first address, and threads.
#pragma once

#include "item/item.h"
#include "personal/message.h"

#include <functional>
#include <memory>

namespace lifeboat::personal {

// Gives an attachment's bytes; nothing when they are not there: the part stands without them.
using OpenAttachment = std::function<std::unique_ptr<ByteSource>(const Attachment&)>;

// Well-formed XML in UTF-8, made while it is read: one message and its attachments in memory at a
// time. The messages outlive it.
class SmsXmlSource final : public ByteSource {
public:
    SmsXmlSource(const std::vector<Message>& messages, OpenAttachment open);
    size_t read(MutableByteView out) override;

private:
    std::string next_piece();
    std::string element(const Mms& mms) const;
    std::string data_of(const Attachment& attachment) const;

    const std::vector<Message>& messages_;
    OpenAttachment open_;
    size_t next_ = 0;  // 0: the head, then the messages, then the end
    std::string piece_{};
    size_t given_ = 0;
};

// Takes an attachment's bytes and says where they are now; `content_type` names what they are.
using KeepAttachment = std::function<Attachment(Bytes bytes, const std::string& content_type)>;

struct SmsXml {
    std::vector<Message> messages{};
    std::optional<uint64_t> declared{};  // how many there are, says the file
    bool closed = false;                 // its last tag was there
    // A file that was cut, or that an app wrote with a wrong count, is not.
    bool complete() const { return closed && declared == messages.size(); }
};

// Reads every message that is whole. Throws Corrupt for what is no such file, and for a message
// with a number or an attachment that is none.
SmsXml read_sms_xml(std::string_view text, const KeepAttachment& keep);

}  // namespace lifeboat::personal
