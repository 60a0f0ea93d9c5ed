// `adb backup` and `adb restore` on the simulated phone: the dialog, and the stream behind it.
#pragma once

#include "sim/android/device.h"
#include "sim/android/stream.h"

#include <functional>
#include <optional>
#include <string_view>

namespace lifeboat::sim::adb {

// The service behind "backup:-noapk com.example", "restore:" and "exec:bu backup ..."; nothing for
// other destinations. `device` outlives it.
std::optional<std::function<void(Stream&)>> backup_service(Device& device,
                                                           std::string_view destination);

}  // namespace lifeboat::sim::adb
