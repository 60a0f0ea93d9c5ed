// The files of picture messages: read from the phone, or taken over from the last backup, and put
// into this one under the hash of their bytes.
#pragma once

#include "phone/android/personal/messages_tables.h"
#include "phone/android/personal_source.h"

#include <set>

namespace lifeboat::phone::android {

class MessagesAttachments {
public:
    // `known` as in read_mms. All outlive it.
    MessagesAttachments(ContentCommands& content, const PersonalTarget& target,
                        std::span<const personal::Mms> known);

    // Sets `data` of every part that has a file on the phone. Throws what the connection and the
    // sink throw.
    void read(std::span<FoundMms> messages, const std::stop_token& stop);

    uint64_t unreadable() const { return unreadable_; }

private:
    void read_some(std::span<personal::MmsPart* const> parts, const std::stop_token& stop);
    void read_alone(personal::MmsPart& part, const std::string& address,
                    const std::stop_token& stop);
    bool take_over(personal::MmsPart& part);
    personal::Attachment put(Bytes bytes, const std::string& content_type);

    ContentCommands& content_;
    const PersonalTarget target_;
    std::map<std::string, const personal::MmsPart*> known_{};
    std::set<std::string> put_{};
    uint64_t unreadable_ = 0;
};

// "attachments/0f3a....jpg"
std::string attachment_file(const std::string& sha256, const std::string& content_type);

}  // namespace lifeboat::phone::android
