// What keeps an app from taking its data back by `adb restore`, as far as a computer can see before
// it asks.
#pragma once

#include "phone/android/storage_scan.h"
#include "phone/app_backup.h"

#include <string>
#include <string_view>

namespace lifeboat::phone::android {

// Of what `dumpsys package APP` says of an app, on a phone of this SDK. What the phone does not say
// is no obstacle.
AppObstacle obstacle_in(std::string_view dump, const std::string& app, uint64_t version_code,
                        uint32_t sdk);

// Asks the phone. Throws what a Shell throws.
AppObstacle obstacle_on(const PhoneLink& link, const std::string& app, uint64_t version_code,
                        const std::stop_token& stop);

}  // namespace lifeboat::phone::android
