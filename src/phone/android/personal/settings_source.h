// The phone's settings: three tables, saved exactly, of which a few come back.
//
// What comes back is what a person chose and what means the same on every phone: brightness and its
// automatic, screen timeout, font size, rotation, touch sounds and vibration, night light, the form
// of the clock, the time zone's automatic, "keep awake while charging". Everything else describes
// this phone, this build or its accounts (device names, counters, ids of sounds and keyboards) and
// is evidence only.
#pragma once

#include "phone/android/personal_source.h"

#include <span>
#include <string_view>

namespace lifeboat::phone::android {

struct RestoredSetting {
    std::string_view table;
    std::string_view name;
};
std::span<const RestoredSetting> restored_settings();

class SettingsSource final : public PersonalSource {
public:
    explicit SettingsSource(const PhoneLink& link) : link_(link) {}

    std::string_view id() const override { return "settings"; }
    // Its records are those that come back: the others change by themselves all day.
    personal::Collection read(const PersonalTarget& target, EventSink& events,
                              const std::stop_token& stop) override;
    personal::RestoreOutcome restore(const FileTree& snapshot, bool dry_run, EventSink& events,
                                     const std::stop_token& stop) override;

private:
    const PhoneLink& link_;
};

}  // namespace lifeboat::phone::android
