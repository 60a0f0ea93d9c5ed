// Text and picture messages of an Android phone.
//
// In a snapshot: personal/messages/messages.jsonl (exact), messages.xml (as SMS Backup & Restore
// writes it) and attachments/. They go back by the phone's content tool; where the phone refuses or
// swallows what it is given so, by its own backup agent.
#pragma once

#include "phone/android/personal_source.h"

#include <chrono>

namespace lifeboat::phone::android {

struct MessagesOptions {
    bool by_agent = false;  // go back by the phone's backup agent from the start
    // How long the agent may bring no message before it counts as done.
    std::chrono::milliseconds agent_patience{30'000};
};

class MessagesSource final : public PersonalSource {
public:
    explicit MessagesSource(const PhoneLink& link, MessagesOptions options = {})
        : link_(link), options_(options) {}

    std::string_view id() const override { return "messages"; }
    personal::Collection read(const PersonalTarget& target, EventSink& events,
                              const std::stop_token& stop) override;
    personal::RestoreOutcome restore(const FileTree& snapshot, bool dry_run, EventSink& events,
                                     const std::stop_token& stop) override;

private:
    PhoneLink link_;
    MessagesOptions options_;
};

}  // namespace lifeboat::phone::android
