// What must hold before a phone backs itself up, is restored, or changes its backup password.
#pragma once

#include "sim/ios/backup_faults.h"

namespace lifeboat::sim::ios {

// Since iOS 13 the person types the passcode for it. Throws BackupFailure 208 when nobody does.
void ask_passcode(Device& device, BackupFaults& faults);

// These throw BackupFailure.
void check_may_back_up(const Device& device, const FaultPlan& plan);
void check_may_be_restored(const Device& device, const FaultPlan& plan);

}  // namespace lifeboat::sim::ios
