// The apps a person installed: which, whose and how old, with their programs in all parts, so that
// they can be installed again without a store.
#pragma once

#include "phone/android/personal_source.h"
#include "phone/android/pull.h"

#include <set>
#include <string>

namespace lifeboat::phone::android {

class AppsSource final : public PersonalSource {
public:
    explicit AppsSource(const PhoneLink& link) : link_(link) {}

    std::string_view id() const override { return "apps"; }
    personal::Collection read(const PersonalTarget& target, EventSink& events,
                              const std::stop_token& stop) override;
    // What is installed in the same or a newer version is there already; another signer under the
    // same name is a conflict. Only whole apps are installed: all parts, or none.
    personal::RestoreOutcome restore(const FileTree& snapshot, bool dry_run, EventSink& events,
                                     const std::stop_token& stop) override;

private:
    void pull(std::vector<PullJob> jobs, const PersonalTarget& target,
              personal::Collection& collection, const std::stop_token& stop);

    const PhoneLink& link_;
    std::set<std::string> pulled_{};  // since a cut, these need not come again
};

}  // namespace lifeboat::phone::android
