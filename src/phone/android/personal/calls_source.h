// The call log: content://call_log/calls. Phones of Android 12 and older do not show it to a
// computer.
#pragma once

#include "personal/call.h"
#include "phone/android/personal/content_table.h"
#include "phone/android/personal_source.h"

namespace lifeboat::phone::android {

class CallsSource final : public PersonalSource {
public:
    explicit CallsSource(const PhoneLink& link) : content_(link) {}

    std::string_view id() const override { return "calls"; }
    personal::Collection read(const PersonalTarget& target, EventSink& events,
                              const std::stop_token& stop) override;
    personal::RestoreOutcome restore(const FileTree& snapshot, bool dry_run, EventSink& events,
                                     const std::stop_token& stop) override;

private:
    std::vector<personal::Call> read_calls(ContentTable& table, const std::stop_token& stop);

    ContentCommands content_;
};

}  // namespace lifeboat::phone::android
