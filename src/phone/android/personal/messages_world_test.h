// A simulated phone with messages behind Debian's adb, for the tests of their way out and back.
#pragma once

#include "personal/message.h"
#include "phone/android/adb_server.h"
#include "phone/android/contract_world_test.h"
#include "phone/android/personal/messages_source.h"

namespace lifeboat::phone::android {

class MessagesContract : public AndroidContract {
protected:
    sim::AndroidPhone& phone_with(uint64_t sms, uint64_t mms, std::string personality = "") {
        sim::AndroidPhone::Config config;
        if (!personality.empty()) config.personality = std::move(personality);
        config.personal.messages = sms;
        config.personal.mms = mms;
        config.personal.contacts = 60;
        return simulated(std::move(config));
    }

    PhoneLink link() {
        if (!transport_) transport_ = std::make_unique<AdbServer>(server_.settings(), process_);
        return {.server = *transport_, .serial = phone_->address()};
    }

    personal::Collection read(MemoryTree* into = nullptr, const FileTree* previous = nullptr) {
        MessagesSource source(link());
        return source.read({.sink = into, .previous = previous}, events_, {});
    }
    personal::RestoreOutcome restore(const FileTree& snapshot, bool dry_run = false) {
        MessagesSource source(link(), {.by_agent = by_agent_, .agent_patience = agent_patience_});
        return source.restore(snapshot, dry_run, events_, {});
    }

    template <class Use>
    auto data(Use use) {
        return phone_->device().personal().with(use);
    }
    int64_t number(const std::string& sql) {
        return data([&](auto& personal) { return personal.messages().sql().number(sql); });
    }
    std::string right() {
        return data([](auto& personal) {
            return personal.app_ops().mode("com.android.shell", "WRITE_SMS");
        });
    }
    void wipe() {
        data([](auto& personal) { personal.wipe(); });
    }

    bool by_agent_ = false;
    std::chrono::milliseconds agent_patience_{4000};
    std::unique_ptr<AdbServer> transport_{};
};

inline void expect_same(const personal::Collection& before, const personal::Collection& after) {
    const personal::Change change = personal::compare(before, after);
    EXPECT_TRUE(change.comparable) << change.why;
    EXPECT_EQ(change.lost, std::vector<personal::Record>());
    EXPECT_EQ(change.changed, std::vector<personal::Record>());
    EXPECT_EQ(change.added, std::vector<personal::Record>());
}

inline std::string labels(const std::vector<personal::Failure>& failures) {
    std::string text;
    for (const auto& one : failures) text += one.label.substr(0, 100) + " -> " + one.reason + "\n";
    return text;
}

}  // namespace lifeboat::phone::android
