// The phone's tables of messages, read into messages: content://sms, content://mms with its
// addresses and parts, and who is in which thread.
//
// A computer sees received and sent messages only: Android hides drafts and what was not sent.
#pragma once

#include "personal/message.h"
#include "phone/android/personal/content_table.h"

#include <map>
#include <span>
#include <string>
#include <vector>

namespace lifeboat::phone::android {

// Who is in a thread, by the thread's number.
struct Threads {
    std::map<int64_t, std::vector<std::string>> recipients{};
    int64_t messages = 0;  // in all of them, the hidden ones but drafts, too
};

// Throws what read_table throws.
Threads read_threads(ContentCommands& content, const std::stop_token& stop);

struct FoundSms {
    int64_t id = 0;
    personal::Sms sms{};
};

struct FoundMms {
    int64_t id = 0;
    personal::Mms mms{};  // its parts without their files: `row` is set where there is one
    int64_t thread = 0;   // 0: it stands in no conversation, and no app shows it
};

struct SmsTable {
    std::vector<FoundSms> all{};  // by id
    std::vector<UnreadValue> unread{};
};

struct MmsTable {
    std::vector<FoundMms> all{};  // by id
    std::vector<UnreadValue> unread{};
};

// Those for which the condition holds; all without one. Throw what read_table throws.
SmsTable read_sms(ContentCommands& content, const Threads& threads, const std::string& where,
                  const std::stop_token& stop);

// `known` has the same phone's messages of an earlier backup: whom a message went to never changes
// and takes a question for each, so it is taken from there.
MmsTable read_mms(ContentCommands& content, const Threads& threads, const std::string& where,
                  std::span<const personal::Mms> known, const std::stop_token& stop);

// The parts of messages of which only the ids are known.
MmsTable read_mms_parts(ContentCommands& content, std::span<const int64_t> ids,
                        const std::stop_token& stop);

// The number of the row that such a text begins with: "17" or "17:/data/...". 0 when there is none.
int64_t id_in_row(const std::string& row);
// Whether a part has a file on the phone, and where.
bool has_file(const personal::MmsPart& part);
std::string file_of(const personal::MmsPart& part);

// The provider's columns that are carried as they are, Mms::other.
std::span<const std::string> other_mms_columns();

}  // namespace lifeboat::phone::android
