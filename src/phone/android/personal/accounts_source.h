// Where the person is signed in: names and apps, to be told after an update where to sign in again.
#pragma once

#include "phone/android/personal_source.h"

namespace lifeboat::phone::android {

class AccountsSource final : public PersonalSource {
public:
    explicit AccountsSource(const PhoneLink& link) : link_(link) {}

    std::string_view id() const override { return "accounts"; }
    // Refused when the phone does not tell all of them, as before its first unlock.
    personal::Collection read(const PersonalTarget& target, EventSink& events,
                              const std::stop_token& stop) override;
    // Writes nothing: names the accounts to which the person has to sign in again.
    personal::RestoreOutcome restore(const FileTree& snapshot, bool dry_run, EventSink& events,
                                     const std::stop_token& stop) override;

private:
    const PhoneLink& link_;
};

}  // namespace lifeboat::phone::android
