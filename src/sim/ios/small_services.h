// The services of the simulated iPhone that answer questions and do little else. Each function
// runs until the computer hangs up.
#pragma once

#include "sim/ios/channel.h"
#include "sim/ios/device.h"
#include "sim/ios/services.h"

namespace lifeboat::sim::ios {

void run_notification_proxy(Device& device, Channel& channel);
void run_installation_proxy(Device& device, Channel& channel);
void run_springboard(Device& device, Channel& channel);
void run_diagnostics(Device& device, Channel& channel, const PhoneActions& actions);
void run_misagent(Device& device, Channel& channel);
void run_heartbeat(Device& device, Channel& channel);
// AFC inside of an app that shares its documents.
void run_house_arrest(Device& device, Channel& channel);

}  // namespace lifeboat::sim::ios
