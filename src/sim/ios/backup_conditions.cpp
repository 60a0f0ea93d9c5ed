#include "sim/ios/backup_conditions.h"

#include "sim/ios/backup_failure.h"

namespace lifeboat::sim::ios {

namespace {

constexpr int first_with_passcode = 13;
constexpr int first_that_tells = 16;
constexpr const char* shown = "com.apple.LocalAuthentication.ui.presented";
constexpr const char* hidden = "com.apple.LocalAuthentication.ui.dismissed";

}  // namespace

void ask_passcode(Device& device, BackupFaults& faults) {
    const DeviceState state = device.state();
    if (state.locked) throw BackupFailure(MbCode::locked, "the phone is locked");
    if (!state.passcode_set || state.who.major() < first_with_passcode) return;
    const bool tells = state.who.major() >= first_that_tells;
    if (tells) device.post(shown);
    faults.hold([](const FaultPlan& p) { return p.passcode_waits; },
                "the phone waits for its passcode");
    if (tells) device.post(hidden);
    if (faults.plan().passcode_timeout) {
        throw BackupFailure(MbCode::locked, "nobody typed the passcode on the phone");
    }
}

void check_may_back_up(const Device& device, const FaultPlan& plan) {
    const DeviceState state = device.state();
    if (!state.setup_done) {
        throw BackupFailure(MbCode::setup_unfinished, "the phone is still being set up");
    }
    if (plan.cloud_restore) {
        throw BackupFailure(MbCode::cloud_restore, "a restore from iCloud is in progress");
    }
    if (plan.mdm) {
        throw BackupFailure(MbCode::encryption_required, "the phone's management forbids it");
    }
    if (state.requires_encryption && !state.will_encrypt) {
        throw BackupFailure(MbCode::wrong_password, "backups of this phone need a password");
    }
}

void check_may_be_restored(const Device& device, const FaultPlan& plan) {
    const DeviceState state = device.state();
    if (state.find_my) {
        throw BackupFailure(MbCode::find_my, "Find My must be turned off before a restore");
    }
    if (!state.setup_done) {
        throw BackupFailure(MbCode::setup_unfinished, "the phone is still being set up");
    }
    if (plan.mdm) {
        throw BackupFailure(MbCode::encryption_required, "the phone's management forbids it");
    }
}

}  // namespace lifeboat::sim::ios
