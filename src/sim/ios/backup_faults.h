// What the fault plan does to a backup under way: counts what was sent, and pauses, dies, stalls or
// stops where the plan says.
#pragma once

#include "sim/ios/channel.h"
#include "sim/ios/device.h"
#include "sim/ios/services.h"

namespace lifeboat::sim::ios {

// Of one backup; one thread. The plan may change meanwhile.
class BackupFaults {
public:
    BackupFaults(Device& device, Channel& channel, const PhoneActions& actions)
        : device_(device), channel_(channel), actions_(actions) {}

    FaultPlan plan() const { return device_.faults().copy(); }

    void before_backup();
    // Of the next `size` bytes of content, how many go out; when fewer, cut() must follow.
    size_t let_through(size_t size);
    [[noreturn]] void cut();
    void file_sent();
    // Somebody locked the phone: the transfer ends early.
    bool is_locked() const { return locked_; }
    // Throws BackupFailure 208 when somebody did.
    void check_unlocked() const;
    void batch_sent();
    void moves_done();  // of one batch
    void before_removing();
    // Holds while the plan says so, with a line for who waits for this moment.
    void hold(const std::function<bool(const FaultPlan&)>& holds, std::string_view what);

    uint64_t files() const { return files_; }

private:
    [[noreturn]] void die();
    void change_password(const FaultPlan& now);

    Device& device_;
    Channel& channel_;
    const PhoneActions& actions_;
    uint64_t files_ = 0;
    uint64_t bytes_ = 0;
    uint64_t move_batches_ = 0;
    bool locked_ = false;
};

}  // namespace lifeboat::sim::ios
