// The sounds a person chose for calls, messages and alarms, as the phone keeps a copy of each.
#pragma once

#include "phone/android/personal_source.h"

namespace lifeboat::phone::android {

// Its records are the sounds that are not silent, by their bytes; `personal/ringtones/NAME` holds
// them.
class RingtonesSource final : public PersonalSource {
public:
    explicit RingtonesSource(const PhoneLink& link) : link_(link) {}

    std::string_view id() const override { return "ringtones"; }
    personal::Collection read(const PersonalTarget& target, EventSink& events,
                              const std::stop_token& stop) override;
    personal::RestoreOutcome restore(const FileTree& snapshot, bool dry_run, EventSink& events,
                                     const std::stop_token& stop) override;

private:
    const PhoneLink& link_;
};

}  // namespace lifeboat::phone::android
