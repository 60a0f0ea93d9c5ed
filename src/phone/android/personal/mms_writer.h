// Picture messages on their way back: the message, whom it went to, its parts, and the bytes of
// each file. One that was cut in the middle is completed, not written again.
#pragma once

#include "item/item.h"
#include "phone/android/personal/sms_writer.h"

namespace lifeboat::phone::android {

class MmsWriter {
public:
    // `snapshot` has the files. All outlive it.
    MmsWriter(ContentCommands& content, ThreadFinder& threads, const FileTree& snapshot,
              int64_t last_id)
        : content_(content), threads_(threads), snapshot_(snapshot), last_id_(last_id) {}

    // Throws what the connection throws: some may be there by half then, and are completed when
    // they are planned and written again.
    WriteResult write(std::span<WantedMms> batch, const std::stop_token& stop);

private:
    using Reasons = std::map<const WantedMms*, std::string>;

    void write_heads(std::span<WantedMms> batch, const std::stop_token& stop);
    void find_heads(std::span<WantedMms*> written, const std::stop_token& stop);
    void write_contents(std::span<WantedMms> batch, const std::stop_token& stop);
    void write_files(std::span<WantedMms> batch, const std::stop_token& stop);
    std::string write_files_of(const WantedMms& wanted, const personal::Mms& there,
                               const std::stop_token& stop) const;
    ContentCommands::Errors insert_heads(std::span<const std::string> commands,
                                         std::span<WantedMms* const> whose,
                                         const std::stop_token& stop);
    WriteResult compare(std::span<WantedMms> batch, const std::stop_token& stop);
    MmsTable read_back(std::span<WantedMms> batch, const std::stop_token& stop);

    ContentCommands& content_;
    ThreadFinder& threads_;
    const FileTree& snapshot_;
    int64_t last_id_;
    Reasons reasons_{};  // of what the phone refused in this batch
    bool full_ = false;
};

}  // namespace lifeboat::phone::android
