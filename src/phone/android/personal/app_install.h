// Brings a snapshot's apps onto the phone.
#pragma once

#include "personal/app.h"
#include "personal/restore_outcome.h"
#include "phone/android/personal/install_session.h"
#include "phone/android/personal/installed_apps.h"

#include <map>
#include <vector>

namespace lifeboat::phone::android {

// Used once.
class AppInstall {
public:
    AppInstall(const PhoneLink& link, const FileTree& snapshot, EventSink& events,
               const std::stop_token& stop);

    // Throws Temporary when the connection breaks; done anew, it goes on with what is missing.
    personal::RestoreOutcome run(bool dry_run);

private:
    void foresee();
    void one(const personal::App& app, bool dry_run);
    bool is_there(const personal::App& app);
    bool is_complete(const personal::App& app);
    void install(const personal::App& app);
    void compare(const personal::App& app, const std::vector<std::string>& digests);
    void compare_owner(const personal::App& app, const personal::App& now);
    void fail(const personal::App& app, std::string reason);

    const PhoneLink& link_;
    const FileTree& snapshot_;
    EventSink& events_;
    std::stop_token stop_;
    Shell shell_;
    uint64_t sdk_ = 0;
    std::vector<personal::App> wanted_{};
    std::map<std::string, InstalledApp> installed_{};
    personal::RestoreOutcome outcome_{};
};

}  // namespace lifeboat::phone::android
