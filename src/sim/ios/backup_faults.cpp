#include "sim/ios/backup_faults.h"

#include "sim/ios/backup_failure.h"
#include "sim/ios/password_change.h"
#include "sys/stream_socket.h"

#include <fmt/format.h>

namespace lifeboat::sim::ios {

namespace {

constexpr std::chrono::milliseconds look_again{50};

}  // namespace

void BackupFaults::hold(const std::function<bool(const FaultPlan&)>& holds, std::string_view what) {
    if (!holds(plan())) return;
    actions_.note(what);
    while (holds(plan())) channel_.pause(look_again);
}

void BackupFaults::die() {
    actions_.note(fmt::format("the phone dies after {} files", files_));
    if (plan().die_detaches) actions_.disappear();
    throw sys::ConnectionLost("the phone died as its fault plan says");
}

size_t BackupFaults::let_through(size_t size) {
    const auto limit = plan().cut_after_bytes;
    const size_t most = limit && *limit < bytes_ + size
                            ? static_cast<size_t>(*limit > bytes_ ? *limit - bytes_ : 0)
                            : size;
    bytes_ += most;
    return most;
}

void BackupFaults::cut() {
    device_.faults().with([](FaultPlan& p) { p.cut_after_bytes.reset(); });
    die();
}

void BackupFaults::change_password(const FaultPlan& now) {
    if (!now.new_password || files_ < now.new_password->after_files) return;
    device_.faults().with([](FaultPlan& p) { p.new_password.reset(); });
    set_backup_password(device_, SecretText(now.new_password->password));
    actions_.note(fmt::format("the backup password is another one after {} files", files_));
}

void BackupFaults::before_backup() {
    change_password(plan());
}

void BackupFaults::file_sent() {
    ++files_;
    const FaultPlan now = plan();
    change_password(now);
    if (now.die_after_files && files_ >= *now.die_after_files) {
        device_.faults().with([](FaultPlan& p) { p.die_after_files.reset(); });
        die();
    }
    if (now.lock_after_files && files_ >= *now.lock_after_files) {
        device_.faults().with([](FaultPlan& p) { p.lock_after_files.reset(); });
        device_.change([](DeviceState& s) { s.locked = true; });
        locked_ = true;
    }
    hold([&](const FaultPlan& p) { return p.stall_after_files && files_ >= *p.stall_after_files; },
         fmt::format("the phone stalls after {} files", files_));
}

void BackupFaults::check_unlocked() const {
    if (locked_) throw BackupFailure(MbCode::locked, "the phone was locked meanwhile");
}

void BackupFaults::batch_sent() {
    const FaultPlan now = plan();
    if (now.pause_per_batch.count() > 0) channel_.pause(now.pause_per_batch);
}

void BackupFaults::moves_done() {
    ++move_batches_;
    hold([&](const FaultPlan& p) { return p.stop_in_moving && move_batches_ >= *p.stop_in_moving; },
         fmt::format("the phone stops in moving after {} batches", move_batches_));
}

void BackupFaults::before_removing() {
    hold([](const FaultPlan& p) { return p.stop_in_removing; }, "the phone stops in removing");
}

}  // namespace lifeboat::sim::ios
