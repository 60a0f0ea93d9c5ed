// Calendars: the exact rows, one iCalendar file for each calendar, and the way back.
#pragma once

#include "phone/android/personal/calendar_reader.h"
#include "phone/android/personal_source.h"

namespace lifeboat::phone::android {

class CalendarSource final : public PersonalSource {
public:
    explicit CalendarSource(const PhoneLink& link) : content_(link) {}

    std::string_view id() const override { return "calendar"; }
    personal::Collection read(const PersonalTarget& target, EventSink& events,
                              const std::stop_token& stop) override;
    personal::RestoreOutcome restore(const FileTree& snapshot, bool dry_run, EventSink& events,
                                     const std::stop_token& stop) override;

private:
    ContentCommands content_;
};

}  // namespace lifeboat::phone::android
