// Which apps are the phone's own: for messages, calls, the web and the home screen.
#pragma once

#include "phone/android/personal_source.h"

#include <map>
#include <string>
#include <string_view>

namespace lifeboat::phone::android {

// Role ("android.app.role.SMS") -> package, of `dumpsys role`; a role with several holders is left
// out: only those that one app holds are a person's choice.
std::map<std::string, std::string> parse_roles(std::string_view text);

class RolesSource final : public PersonalSource {
public:
    explicit RolesSource(const PhoneLink& link) : link_(link) {}

    std::string_view id() const override { return "roles"; }
    personal::Collection read(const PersonalTarget& target, EventSink& events,
                              const std::stop_token& stop) override;
    personal::RestoreOutcome restore(const FileTree& snapshot, bool dry_run, EventSink& events,
                                     const std::stop_token& stop) override;

private:
    std::map<std::string, std::string> holders(const std::stop_token& stop) const;

    const PhoneLink& link_;
};

}  // namespace lifeboat::phone::android
