// The lock that a backup or a restore holds so that no other program syncs with the phone
// meanwhile, and the announcements around it, as every program that syncs makes them.
#pragma once

#include "phone/ios/afc.h"
#include "phone/ios/services.h"
#include "sys/clock.h"

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

namespace lifeboat::phone::ios {

struct SyncLockOptions {
    int attempts = 50;
    milliseconds between{200};
};

// Held from its making to release(). One thread. When the phone drops the connections, the work
// that the lock was for goes on: release() then does nothing.
class SyncLock {
public:
    // A new connection to the phone's notifications for each announcement: phones end one that says
    // nothing for the hours of a backup.
    using Announcer = std::function<std::unique_ptr<NotificationProxy>()>;

    // Throws Temporary when another program holds the lock all the time.
    SyncLock(std::unique_ptr<Afc> afc, Announcer announcer, sys::Clock& clock,
             const std::stop_token& stop, SyncLockOptions options = {});
    ~SyncLock() = default;  // the phone releases it with the connection
    SyncLock(const SyncLock&) = delete;
    SyncLock& operator=(const SyncLock&) = delete;

    void release();

private:
    void announce(std::string_view name);
    void take(sys::Clock& clock, const std::stop_token& stop, const SyncLockOptions& options);

    std::unique_ptr<Afc> afc_;
    Announcer announcer_;
    std::optional<uint64_t> handle_{};
};

}  // namespace lifeboat::phone::ios
