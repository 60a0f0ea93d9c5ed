// The way of a backup's messages back onto a phone: what is there stays, what is missing is
// written, and every message is read back.
#pragma once

#include "phone/android/personal/mms_writer.h"
#include "phone/android/personal_source.h"

#include <atomic>
#include <chrono>

namespace lifeboat::phone::android {

struct MessagesWay {
    bool dry_run = false;
    bool by_agent = false;                             // by the phone's backup agent from the start
    std::chrono::milliseconds agent_patience{30'000};  // it counts as done when no more came
};

class MessagesRestore {
public:
    // The link, the snapshot and the events outlive it.
    MessagesRestore(const PhoneLink& link, const FileTree& snapshot,
                    std::vector<personal::Message> wanted, EventSink& events);

    // Throws what the connection throws. Run again, it goes on: nothing is written twice.
    personal::RestoreOutcome run(const MessagesWay& way, const std::stop_token& stop);

private:
    struct There {
        std::vector<FoundSms> sms{};
        std::vector<FoundMms> mms{};
    };

    // What goes by the agent.
    struct ForAgent {
        personal::Message message{};
        std::string label{};
        std::string why{};  // it did not go by the tool; empty: it was not tried
    };

    There look(const std::stop_token& stop);
    MessagesPlan plan(const There& there, const std::stop_token& stop);
    void write(MessagesPlan& plan, const There& there, const MessagesWay& way,
               const std::stop_token& stop);
    void write_sms(std::span<const WantedSms> all, int64_t last_id, const std::stop_token& stop);
    void write_mms(std::span<WantedMms> all, int64_t last_id, const std::stop_token& stop);
    void take(WriteResult result);
    bool goes_on(const WriteResult& result, size_t batch);
    void fall_back(const MessagesPlan& plan, const std::string& why, const MessagesWay& way,
                   const std::stop_token& stop);
    static std::vector<ForAgent> all_of(const MessagesPlan& plan);
    static std::vector<ForAgent> unfit_of(const MessagesPlan& plan);
    void write_by_agent(const std::vector<ForAgent>& wanted, const MessagesWay& way,
                        const std::stop_token& stop);
    void wait_for_agent(size_t wanted, const MessagesWay& way, const std::stop_token& stop);
    int64_t count_rows(const std::stop_token& stop);
    void compare_with_agent(const std::vector<ForAgent>& wanted, const There& before,
                            const std::stop_token& stop);
    void say_what_the_agent_loses(const std::vector<ForAgent>& wanted);
    void tell_progress();

    PhoneLink link_;
    const FileTree& snapshot_;
    std::vector<personal::Message> wanted_;
    EventSink& events_;
    ContentCommands content_;
    ThreadFinder threads_;
    personal::RestoreOutcome outcome_{.id = "messages"};
    uint64_t to_write_ = 0, done_ = 0;
    std::atomic<uint64_t> under_way_ = 0;  // calls of the batch that is being written
    bool swallowed_ = false;               // the phone kept nothing of a whole batch
};

}  // namespace lifeboat::phone::android
