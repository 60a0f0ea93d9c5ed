// What each app of the person may do: the runtime permissions that were granted, and what the
// person changed on the phone's pages of special access.
#pragma once

#include "phone/android/personal_source.h"

namespace lifeboat::phone::android {

// Its records are one permission, or one app operation, of one app each; the same stand in
// apps.jsonl, from which they come back once the apps are there.
class PermissionsSource final : public PersonalSource {
public:
    explicit PermissionsSource(const PhoneLink& link) : link_(link) {}

    std::string_view id() const override { return "permissions"; }
    personal::Collection read(const PersonalTarget& target, EventSink& events,
                              const std::stop_token& stop) override;
    personal::RestoreOutcome restore(const FileTree& snapshot, bool dry_run, EventSink& events,
                                     const std::stop_token& stop) override;

private:
    const PhoneLink& link_;
};

}  // namespace lifeboat::phone::android
