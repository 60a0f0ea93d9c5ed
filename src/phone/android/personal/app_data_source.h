// What apps keep inside themselves, of a phone whose owner has root: one tar an app, with owners
// and modes, as root sees it. Never the phone's keystore: what an app sealed with it (banks, some
// messengers and authenticators) does not open anywhere else.
#pragma once

#include "phone/android/personal/root_access.h"
#include "phone/android/personal_source.h"

#include <set>
#include <string>

namespace lifeboat::phone::android {

class AppDataSource final : public PersonalSource {
public:
    explicit AppDataSource(const PhoneLink& link) : link_(link) {}

    std::string_view id() const override { return "appdata"; }
    // Absent without root. A record's digest is that of all file sums, which the phone computes; it
    // changes whenever the app works, so a change is told and is no loss.
    personal::Collection read(const PersonalTarget& target, EventSink& events,
                              const std::stop_token& stop) override;
    // Only into an app that is installed and has no data yet: stopped, unpacked, given to its new
    // user, labelled anew, and compared file by file. Other data there is a conflict.
    personal::RestoreOutcome restore(const FileTree& snapshot, bool dry_run, EventSink& events,
                                     const std::stop_token& stop) override;

private:
    const PhoneLink& link_;
    std::set<std::string> read_{};  // since a cut, these need not come again
};

}  // namespace lifeboat::phone::android
