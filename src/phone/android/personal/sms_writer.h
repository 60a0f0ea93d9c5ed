// Text messages on their way back into content://sms, some hundred at a time, each batch read back
// and compared.
#pragma once

#include "phone/android/personal/messages_plan.h"
#include "phone/android/personal/thread_finder.h"

namespace lifeboat::phone::android {

// What became of some messages.
struct WriteResult {
    uint64_t written = 0;         // the phone has a row for it
    uint64_t compared_equal = 0;  // and gives it back as it was
    std::vector<personal::Failure> failed{};
    bool full = false;  // the phone has no room
};

class SmsWriter {
public:
    // `last_id`: the highest number of a row before anything is written. `done` hears of each call
    // that is over. All outlive it.
    SmsWriter(ContentCommands& content, ThreadFinder& threads, int64_t last_id,
              ContentCommands::Done done)
        : content_(content), threads_(threads), last_id_(last_id), done_(std::move(done)) {}

    // Throws what the connection throws: some may have been written then.
    WriteResult write(std::span<const WantedSms> batch, const std::stop_token& stop);

private:
    ContentCommands::Errors insert(std::span<const WantedSms> batch, const std::stop_token& stop);
    std::vector<FoundSms> read_back(std::span<const WantedSms> batch, const std::stop_token& stop);

    ContentCommands& content_;
    ThreadFinder& threads_;
    int64_t last_id_;
    ContentCommands::Done done_;
};

}  // namespace lifeboat::phone::android
