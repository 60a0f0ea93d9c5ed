// Picture messages on their way back: the message, whom it went to, its parts, and the bytes of
// each file. One that was cut in the middle is completed, not written again.
#pragma once

#include "phone/android/personal/mms_files.h"
#include "phone/android/personal/sms_writer.h"

namespace lifeboat::phone::android {

class MmsWriter {
public:
    // `snapshot` has the files. All outlive it.
    MmsWriter(ContentCommands& content, ThreadFinder& threads, const FileTree& snapshot,
              int64_t last_id)
        : content_(content), threads_(threads), files_(content, snapshot), last_id_(last_id) {}

    // Throws what the connection throws: some may be there by half then, and are completed when
    // they are planned and written again.
    WriteResult write(std::span<WantedMms> batch, const std::stop_token& stop);

private:
    using Reasons = std::map<const WantedMms*, std::string>;

    void write_heads(std::span<WantedMms> batch, const std::stop_token& stop);
    void find_heads(std::span<WantedMms*> written, const std::stop_token& stop);
    std::string into_thread(const WantedMms& one, int64_t thread, const std::stop_token& stop);
    void write_contents(std::span<WantedMms> batch, const std::stop_token& stop);
    void write_files(std::span<const WantedMms> batch, const std::stop_token& stop);
    ContentCommands::Errors insert_heads(std::span<const std::string> commands,
                                         std::span<WantedMms* const> whose,
                                         const std::stop_token& stop);
    void keep_reasons(const ContentCommands::Errors& errors, std::span<WantedMms* const> whose);
    std::string reason_of(const WantedMms& one, std::string_view otherwise) const;
    WriteResult compare(std::span<const WantedMms> batch, const std::stop_token& stop);
    MmsTable read_back(std::span<const WantedMms> batch, const Threads& threads,
                       const std::stop_token& stop);

    ContentCommands& content_;
    ThreadFinder& threads_;
    MmsFiles files_;
    int64_t last_id_;
    Reasons reasons_{};  // of what the phone refused in this batch
    bool full_ = false;
};

}  // namespace lifeboat::phone::android
