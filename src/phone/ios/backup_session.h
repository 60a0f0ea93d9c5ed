// One conversation with an iPhone's backup service and everything around it: the sync lock, the
// phone's notifications, the heartbeat of a phone on the network, the wait for its passcode.
#pragma once

#include "phone/ios/device.h"
#include "phone/ios/mobile_backup.h"
#include "phone/ios/passcode_watch.h"
#include "phone/ios/sync_lock.h"

#include <functional>
#include <stop_token>

namespace lifeboat::phone::ios {

enum class SyncLocking {
    locked,  // no other program may sync meanwhile: backups and restores
    none,
};

// One thread. A phone that goes away, a person who stops it on the phone, a heartbeat that fails:
// each ends the conversation within seconds, whatever it waits for.
class BackupSession {
public:
    // All outlive it.
    BackupSession(Device& device, const Device::World& world, const DeviceOptions& options,
                  const std::stop_token& stop);

    using Job = std::function<void(MobileBackup&)>;
    // Runs `job`, which sends one request. Throws what the job does; Gone, Silent, Garbled,
    // Waiting, Cancelled; Temporary when the phone's person stopped it, or another program syncs.
    void run(SyncLocking locking, const Job& job);

private:
    void converse(const Job& job, TaskGroup& helpers);
    void start_helpers(TaskGroup& helpers);
    void listen(NotificationProxy& proxy, const std::stop_token& stop);
    SyncLock take_lock();
    PasscodeWatch::Silence meaning_of_silence();

    Device& device_;
    Device::World world_;
    DeviceOptions options_;
    std::stop_token stop_;
    PasscodeWatch passcode_;
    std::unique_ptr<NotificationProxy> notifications_{};
    std::unique_ptr<Connection> heartbeat_{};
};

}  // namespace lifeboat::phone::ios
