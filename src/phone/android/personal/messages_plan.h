// What of a backup's messages is on the phone already, what is there by half, and what is to be
// written. Equal messages count as often as they are there.
#pragma once

#include "personal/message.h"
#include "personal/restore_outcome.h"
#include "phone/android/personal/messages_tables.h"

#include <map>
#include <string>
#include <vector>

namespace lifeboat::phone::android {

// Records that are on the phone, taken out one by one.
class Presence {
public:
    void add(const personal::Record& record) { ++there_[record]; }
    // False when no equal one is left.
    bool take(const personal::Record& record);

private:
    std::map<personal::Record, size_t> there_{};
};

struct WantedSms {
    const personal::Sms* sms = nullptr;
    personal::Record record{};
};

// A picture message that is to be written, or of which a part is on the phone: a run before was
// cut.
struct WantedMms {
    const personal::Mms* mms = nullptr;
    personal::Record record{};
    int64_t id = 0;                                 // of its row on the phone; 0: none yet
    std::vector<personal::MmsAddress> addresses{};  // to be written
    std::vector<size_t> parts{};                    // numbers of the parts to be written
    bool in_no_thread = false;                      // it has a row, which no app shows
};

// What the phone's content tool takes in a text.
struct ToolLimits {
    size_t longest = 120'000;  // bytes: Linux takes 131,072 in one word of a command
    bool takes_colons = true;  // Android 11 and later
};

// Cannot be written by the tool, whatever the phone allows.
struct UnfitMessage {
    const personal::Message* message = nullptr;
    personal::Failure failure{};
};

struct MessagesPlan {
    uint64_t wanted = 0, already_there = 0;
    std::vector<WantedSms> sms{};  // oldest first
    std::vector<WantedMms> mms{};
    std::vector<personal::Failure> conflicts{};
    std::vector<UnfitMessage> unfit{};
};

// `there_mms` needs the attachments of those whose mms_key() is that of a wanted one. The messages
// outlive the plan.
MessagesPlan plan_messages(const std::vector<personal::Message>& wanted,
                           const std::vector<FoundSms>& there_sms,
                           const std::vector<FoundMms>& there_mms, const ToolLimits& limits);

// The others of its conversation. Nobody: it belongs to none.
std::vector<std::string> people_of(const personal::Mms& mms);

// What picture messages have in common that may be one.
std::string mms_key(const personal::Mms& mms);

// Whether two parts are the same but for the file, and where it is.
bool same_part(const personal::MmsPart& left, const personal::MmsPart& right);

// And the file, too. An empty one is like none.
bool equal_part(const personal::MmsPart& left, const personal::MmsPart& right);

}  // namespace lifeboat::phone::android
