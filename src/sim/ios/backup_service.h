// com.apple.mobilebackup2 of the simulated iPhone: takes a computer's request and leads it through
// a backup, a restore or a change of the backup password.
#pragma once

#include "sim/ios/channel.h"
#include "sim/ios/device.h"
#include "sim/ios/services.h"

namespace lifeboat::sim::ios {

// Until the computer leaves.
void run_backup_service(Device& device, Channel& channel, const PhoneActions& actions);

}  // namespace lifeboat::sim::ios
