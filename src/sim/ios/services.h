// The services a simulated iPhone starts for computers that it trusts.
#pragma once

#include "sim/ios/channel.h"
#include "sim/ios/device.h"

#include <functional>
#include <string_view>

namespace lifeboat::sim::ios {

inline constexpr std::string_view backup_service_name = "com.apple.mobilebackup2";

// What services may do to the phone as a whole.
struct PhoneActions {
    std::function<void()> disappear{};
    std::function<void()> reboot{};
    std::function<void(std::string_view)> note{};  // what happens, for a log
};

bool is_service(std::string_view name);

// Runs one service until the computer leaves. Throws Missing for an unknown one.
void run_service(std::string_view name, Device& device, Channel& channel,
                 const PhoneActions& actions);

}  // namespace lifeboat::sim::ios
